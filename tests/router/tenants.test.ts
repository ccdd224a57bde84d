import { describe, expect, test, vi } from "vitest";
import { type Adapter, type InstanceStore, MemoryStore, Ramify } from "../../mod.ts";
import { counterMessage } from "../support/counter.ts";
import { plainStore } from "../support/plain-store.ts";
import { open, send, update } from "./support-stream.ts";
import { app, handlers, post } from "./support.ts";
import { tenants, testTenants } from "./tenants-suite.ts";

/** Returns one value for each tenant. */
function each<Value>(make: (tenant: string) => Value): (tenant: string) => Value {
  const values = new Map(tenants.map((tenant) => [tenant, make(tenant)]));
  return (tenant) => values.get(tenant)!;
}

/** Returns an adapter as it is made anew for each request on a binding. */
function onBinding(binding: MemoryStore, conditional: "process" | "none" = "process"): Adapter {
  return Object.assign(Object.create(binding) as Adapter, {
    source: binding,
    capabilities: { ...binding.capabilities, conditional },
    get: binding.get.bind(binding),
    commit: async (writes: Parameters<Adapter["commit"]>[0]) => {
      await undefined;
      return await binding.commit(writes);
    },
  });
}

function ramify(): InstanceStore {
  return new Ramify().createStore({ Counter: { primaryKey: "id" } });
}

const kinds: readonly (readonly [string, () => (tenant: string) => InstanceStore])[] = [
  ["a Map for each tenant", () => each(() => new Map())],
  ["a Ramify db for each tenant", () => each(ramify)],
  ["an adapter for each tenant", () => each(() => new MemoryStore())],
  ["an adapter that is made anew on a binding", () => {
    const binding = each(() => new MemoryStore());
    return (tenant) => onBinding(binding(tenant));
  }],
  ["an adapter without compare-and-set that is made anew", () => {
    const binding = each(() => new MemoryStore());
    return (tenant) => onBinding(binding(tenant), "none");
  }],
  ["a plain store that is made anew and named by its tenant", () => {
    const data = each(() => new Map<string, unknown>());
    return (tenant) => plainStore(data(tenant), tenant);
  }],
  ["a wrapper that is made anew around a tenant's Map, its source", () => {
    const data = each(() => new Map<string, unknown>());
    return (tenant) => plainStore(data(tenant), data(tenant));
  }],
  [
    "a plain store for each tenant, with a source",
    () => each((name) => plainStore(new Map(), name)),
  ],
];

for (const [name, make] of kinds) testTenants(name, make);

describe("a store with load and persist that a function of the request returns", () => {
  test("needs no source if it is always the same object", async () => {
    const store = plainStore(new Map());
    const routes = app({ store: () => store });
    await send(routes, counterMessage({ event: "mount" }));
    for (let times = 0; times < 2; times++) await send(routes, counterMessage({ eventId: "x" }));
    const response = await post(routes, counterMessage({ event: "mount" }));
    expect(await response.json()).toMatchObject({ patches: [{ value: 1 }] });
  });

  test.for<[string, (data: Map<string, unknown>) => InstanceStore]>([
    ["made anew for each request", (data) => plainStore(data)],
    ["made anew, with a source that is undefined", (data) => ({
      ...plainStore(data),
      source: undefined,
    })],
    [
      "an adapter without compare-and-set, made anew",
      () => Object.assign(onBinding(new MemoryStore(), "none"), { source: undefined }),
    ],
  ])("and is %s is refused with a cure, before an event is applied twice", async ([, make]) => {
    const data = new Map<string, unknown>();
    const onError = vi.fn();
    const add = vi.fn(handlers["Counter"]!["add"]!);
    const routes = app({
      handlers: { Counter: { add } },
      store: () => make(data),
      onError,
      lastWriteWins: true,
    });
    await send(routes, counterMessage({ event: "mount" }));
    for (let times = 0; times < 3; times++) {
      const response = await post(routes, counterMessage({ eventId: "x" }));
      expect([response.status, (await response.json()).code]).toEqual([500, "internal"]);
    }
    expect((await routes.request("/nasc/stream?scope=Counter:visits")).status).toBe(500);
    expect(add).not.toHaveBeenCalled();
    expect(onError.mock.calls[0]![0].message).toMatch(/^Cannot run events: .*give each a source/);
  });

  test.for<[unknown, string]>([
    [5, "5"],
    ["", '""'],
    [null, "null"],
    [() => "a", "a value of type Function"],
    [Symbol("a"), "Symbol(a)"],
  ])("and names %o as its source is refused", async ([source, described]) => {
    const onError = vi.fn();
    const routes = app({
      store: () => ({ ...plainStore(new Map()), source: source as string }),
      onError,
    });
    expect((await post(routes, counterMessage({ event: "mount" }))).status).toBe(500);
    expect(onError.mock.calls[0]![0].message).toBe(
      `Cannot use the store: its source is ${described}; ` +
        "pass a text such as the name of a tenant, or an object such as the binding",
    );
  });

  test("keeps counting revisions for streams if it is made anew with its source", async () => {
    const data = new Map<string, unknown>();
    const routes = app({ store: () => plainStore(data, "visits") });
    const page = await open(routes);
    await page.next();
    for (const count of [1, 2, 3]) {
      await send(routes, counterMessage());
      expect((await page.next()).data).toEqual(update(count, count + 1));
    }
    await page.close();
  });
});

describe("a write of one tenant that does not end", () => {
  test("holds no event of another", async () => {
    let free = () => {};
    const stuck = new Promise<void>((resolve) => free = resolve);
    const data = each(() => new Map<string, unknown>());
    let isStuck = false;
    const routes = app({
      store: (context) => {
        const tenant = context.req.header("x-tenant")!;
        const store = plainStore(data(tenant), tenant);
        if (tenant !== "a") return store;
        return {
          ...store,
          persist: async (type, id, diff, full) => {
            if (isStuck) await stuck;
            await store.persist(type, id, diff, full);
          },
        };
      },
    });
    for (const tenant of tenants) {
      await send(routes, counterMessage({ event: "mount" }), { "x-tenant": tenant });
    }
    isStuck = true;
    const held = send(routes, counterMessage({ payload: 5 }), { "x-tenant": "a" });
    await send(routes, counterMessage({ payload: 7 }), { "x-tenant": "b" });
    expect(data("b").get("Counter/visits")).toEqual({ count: 7 });
    free();
    await held;
    expect(data("a").get("Counter/visits")).toEqual({ count: 5 });
  });
});
