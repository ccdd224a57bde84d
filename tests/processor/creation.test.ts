import { describe, expect, test, vi } from "vitest";
import { createProcessor, MemoryStore, NascError } from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

const mount = counterMessage({ event: "mount" });
const refused = new NascError("members-only", "Members only");

describe("mayCreate", () => {
  test("that returns an error refuses events with it, and mounts show the first state alone", async () => {
    const store = new MemoryStore();
    const process = createProcessor(counterHandlers, store);
    const mayCreate = vi.fn(() => refused);
    expect(errorCode(await process(counterMessage(), { mayCreate }))).toBe("members-only");
    expect(await process(mount, { mayCreate })).toMatchObject([{
      prop: "count",
      value: 0,
      rev: 0,
    }]);
    expect(mayCreate.mock.calls).toEqual(Array(2).fill([{ type: "Counter", id: "visits" }]));
    expect(await store.load("Counter", "visits")).toBeNull();
  });

  test("is not asked for an instance that exists, a type or an event that does not, or no message", async () => {
    const process = createProcessor(counterHandlers, new MemoryStore());
    await process(mount);
    const mayCreate = vi.fn(() => refused);
    await process(counterMessage(), { mayCreate });
    await process(mount, { mayCreate });
    await process(counterMessage({ instance: "new", event: "toString" }), { mayCreate });
    await process(counterMessage({ type: "Nothing" }), { mayCreate });
    await process(counterMessage({ instance: "" }), { mayCreate });
    expect(mayCreate).not.toHaveBeenCalled();
  });

  test.for<[unknown, string]>([
    [undefined, "undefined"],
    [false, "false"],
    [1, "1"],
    [new Error("no"), "a value of type Error"],
  ])(
    "that returns %o is an error that says so, and creates nothing",
    async ([answer, described]) => {
      const store = new MemoryStore();
      const onError = vi.fn();
      const process = createProcessor(counterHandlers, store, { onError });
      for (const message of [mount, counterMessage()]) {
        const patches = await process(message, { mayCreate: () => answer as never });
        expect(errorCode(patches)).toBe("internal");
      }
      const problem = new TypeError(
        `Cannot create Counter/visits: mayCreate returned ${described}; return true, or a NascError that says why not`,
      );
      expect(onError.mock.calls.map(([error]) => error)).toEqual([problem, problem]);
      expect(await store.load("Counter", "visits")).toBeNull();
    },
  );
});

test("maySeeSchema keeps schemas from a mount", async () => {
  const schemaProvider = {
    Counter: { properties: { by: { $ref: "#/$defs/User" } } },
    User: { title: "User" },
  };
  const process = createProcessor(counterHandlers, new MemoryStore(), { schemaProvider });
  const maySeeSchema = (type: string) => Promise.resolve(type === "Counter");
  const patches = await process(mount, { maySeeSchema });
  expect(patches.filter(({ action }) => action === "schema")).toEqual([
    { action: "schema", type: "Counter", instance: "visits", schema: schemaProvider.Counter },
  ]);
});
