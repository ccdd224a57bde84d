import { describe, expect, test, vi } from "vitest";
import { createProcessor, type Handlers, MemoryHub, MemoryStore, NascError } from "../../mod.ts";
import { instantClock } from "../support/clock.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

const bank: Handlers = {
  Account: {
    mount: () => ({ balance: 100 }),
    async pay({ to, amount }, state, context) {
      await context.update(
        "Account",
        to,
        (other) => ({ ...other, balance: other.balance + amount }),
      );
      if (amount > state.balance) {
        throw new NascError("no-money", "There is not enough in this account");
      }
      return { ...state, balance: state.balance - amount };
    },
  },
};
const account = { type: "Account", instance: "a" };

async function mounted(
  handlers: Handlers,
  options: Parameters<typeof createProcessor>[2] = {},
): Promise<[process: ReturnType<typeof createProcessor>, store: MemoryStore]> {
  const store = new MemoryStore();
  const process = createProcessor(handlers, store, { onError: () => {}, ...options });
  for (const type of Object.keys(handlers)) await process({ type, instance: "a", event: "mount" });
  return [process, store];
}

describe("several instances in one event", () => {
  test("are committed together: the sender hears of its own, and viewers hear of theirs", async () => {
    const hub = new MemoryHub();
    const heard = vi.fn();
    const [process, store] = await mounted(bank, { hub });
    hub.subscribe(store, { type: "Account", id: "b" }, heard);
    const patches = await process({ ...account, event: "pay", payload: { to: "b", amount: 30 } });
    expect(patches).toMatchObject([{ instance: "a", value: 70 }]);
    expect(heard).toHaveBeenCalledExactlyOnceWith({
      kind: "change",
      type: "Account",
      id: "b",
      rev: 1,
      epoch: expect.stringMatching(/^[\w-]+$/),
      state: { balance: 130 },
    });
    expect([await store.load("Account", "a"), await store.load("Account", "b")])
      .toEqual([{ balance: 70 }, { balance: 130 }]);
  });

  test("are all left unchanged if the event fails", async () => {
    const [process, store] = await mounted(bank);
    const payload = { to: "b", amount: 500 };
    expect(errorCode(await process({ ...account, event: "pay", payload }))).toBe("no-money");
    expect([await store.load("Account", "a"), await store.load("Account", "b")]).toEqual([{
      balance: 100,
    }, null]);
  });

  test("never lose money, whoever pays whom at once", async () => {
    const [process, store] = await mounted(bank);
    const names = ["a", "b", "c", "d"];
    for (const instance of names) await process({ ...account, instance, event: "mount" });
    await Promise.all(Array.from({ length: 200 }, (_, index) => {
      const payload = { to: names[(index + 1 + index % 3) % 4]!, amount: index % 7 };
      return process({ ...account, instance: names[index % 4]!, event: "pay", payload });
    }));
    const balances = await Promise.all(names.map((name) => store.load("Account", name)));
    expect(balances.reduce((sum, { balance }) => sum + balance, 0)).toBe(400);
  });
});

describe("context.update", () => {
  test("applies each of several concurrent changes of one instance", async () => {
    const [process, store] = await mounted({
      Counter: {
        mount: () => ({ count: 0 }),
        async thrice(_payload, state, { update }) {
          const add = (other: { count: number }) => ({ count: other.count + 1 });
          await Promise.all([1, 2, 3].map(() => update("Counter", "other", add)));
          return { count: state.count + 1 };
        },
      },
    });
    await process({ type: "Counter", instance: "a", event: "thrice" });
    expect(await store.load("Counter", "other")).toEqual({ count: 3 });
  });

  test("is a part of the event even if it is not awaited", async () => {
    const [process, store] = await mounted({
      Counter: {
        mount: () => ({ count: 0 }),
        hasty(_payload, state, { update }) {
          void update("Counter", "other", async (other) => {
            for (let turn = 0; turn < 10; turn++) await undefined;
            return { count: other.count + 1 };
          });
          return { count: state.count + 1 };
        },
      },
    });
    await process({ type: "Counter", instance: "a", event: "hasty" });
    expect(await store.load("Counter", "other")).toEqual({ count: 1 });
  });

  test("fails the event if it fails, awaited, caught or neither", async () => {
    const [process, store] = await mounted({
      Counter: {
        mount: () => ({ count: 0 }),
        careless(_payload, state, { update }) {
          void update("Counter", "other", () => {
            throw new NascError("full", "There is no more room");
          });
          return { count: state.count + 1 };
        },
        silent(_payload, state, { update }) {
          update("Counter", "other", () => {
            throw new NascError("full", "There is no more room");
          }).catch(() => {});
          return { count: state.count + 1 };
        },
      },
    }, { onError: () => {} });
    expect(errorCode(await process({ type: "Counter", instance: "a", event: "careless" }))).toBe(
      "full",
    );
    expect(errorCode(await process({ type: "Counter", instance: "a", event: "silent" }))).toBe(
      "full",
    );
    expect(await store.load("Counter", "a")).toEqual({ count: 0 });
  });

  test("rejects after the event has ended, and writes nothing", async () => {
    const onError = vi.fn();
    const done = vi.fn();
    const [process, store] = await mounted({
      Counter: {
        mount: () => ({ count: 0 }),
        later(_payload, state, { update, waitUntil }) {
          waitUntil(() =>
            update("Counter", "other", (other) => ({ count: other.count + 1 })).finally(done)
          );
          return { count: state.count + 1 };
        },
      },
    }, { onError });
    await process({ type: "Counter", instance: "a", event: "later" });
    await vi.waitFor(() => expect(onError).toHaveBeenCalled());
    expect(onError.mock.calls[0]![0].message).toContain("the event has ended");
    expect(await store.load("Counter", "other")).toBeNull();
  });

  test.for<[string, unknown, unknown]>([
    ["a number as the id", "Account", 42],
    ["a line break in the id", "Account", "b\n"],
    ["a type that is not declared", "constructor", "b"],
  ])("with %s is refused", async ([, type, id]) => {
    const [process, store] = await mounted({
      Account: {
        mount: () => ({ balance: 100 }),
        async move(_payload, _state, context) {
          await context.update(type as string, id as string, () => ({ balance: 0 }));
          return { balance: 1 };
        },
      },
    });
    expect(errorCode(await process({ ...account, event: "move" }))).toMatch(
      /^(invalid-message|unknown-type)$/,
    );
    expect(await store.load("Account", "a")).toEqual({ balance: 100 });
  });
});

test("an update of what is stored under a type that is not declared is refused", async () => {
  const [process, store] = await mounted({
    Account: {
      mount: () => ({ balance: 100 }),
      pay: (_payload, { balance }) => ({ balance: balance - 1 }),
      async move({ type, id }, { balance }, { update }) {
        await update(type, id, (other) => ({ ...other, moved: true }));
        return { balance };
      },
    },
  });
  await store.persist("Secret", "s", {}, { text: "mine" });
  for (let index = 0; index < 50; index++) {
    await process({ ...account, event: "pay", eventId: `e${index}` });
  }
  const type = "_nasc_receipts";
  const { value: entry } = await store.list(type).next();
  const id = String(entry!.key);
  const before = [await store.load(type, id), await store.load("Secret", "s")];
  expect(before).toMatchObject([{ lines: expect.stringContaining("e1 ") }, { text: "mine" }]);
  for (const payload of [{ type, id }, { type: "Secret", id: "s" }]) {
    expect(errorCode(await process({ ...account, event: "move", payload }))).toBe("unknown-type");
  }
  expect([await store.load(type, id), await store.load("Secret", "s")]).toEqual(before);
});

describe("an event that runs again because another commit came first", () => {
  function interrupted(handler: Handlers[string]): [Handlers, MemoryStore] {
    const store = new MemoryStore();
    let first = true;
    const handlers: Handlers = {
      Counter: {
        ...counterHandlers.Counter,
        async run(payload, state, context) {
          if (first) {
            first = false;
            await store.persist("Counter", "visits", {}, { count: 10 });
          }
          return await handler["run"]!(payload, state, context);
        },
      },
    };
    return [handlers, store];
  }

  test("receives its payload as it was sent", async () => {
    const [handlers, store] = interrupted({
      run(payload, state) {
        payload.amount /= 100;
        return { count: state.count + payload.amount };
      },
    });
    const process = createProcessor(handlers, store, { clock: instantClock });
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ event: "run", payload: { amount: 500 } }));
    expect(await store.load("Counter", "visits")).toEqual({ count: 15 });
  });

  test("calls a function that it handed to waitUntil once, and only after the commit", async () => {
    const mail = vi.fn(async () => await store.load("Counter", "visits"));
    const [handlers, store] = interrupted({
      run(_payload, state, { waitUntil }) {
        waitUntil(mail);
        return { count: state.count + 1 };
      },
    });
    const process = createProcessor(handlers, store, { clock: instantClock });
    await process(counterMessage({ event: "mount" }));
    const background: Promise<unknown>[] = [];
    await process(counterMessage({ event: "run" }), { waitUntil: (work) => background.push(work) });
    await Promise.all(background);
    expect(mail).toHaveBeenCalledTimes(1);
    expect(await mail.mock.results[0]!.value).toEqual({ count: 11 });
  });
});

test("background work that fails is reported and affects nothing else", async () => {
  const onError = vi.fn();
  const [process] = await mounted({
    Counter: {
      mount: () => ({ count: 0 }),
      background(_payload, state, { waitUntil }) {
        waitUntil(Promise.reject(new Error("no mail today")));
        return { count: state.count + 1 };
      },
    },
  }, { onError });
  const patches = await process({
    type: "Counter",
    instance: "a",
    event: "background",
    eventId: "e1",
  });
  expect(patches).toMatchObject([{ value: 1 }]);
  expect(onError).toHaveBeenCalledWith(
    expect.objectContaining({ message: "no mail today" }),
    expect.objectContaining({ eventId: "e1" }),
  );
});

test("background work may be what a library returns for a promise, with no more than then", async () => {
  const done = vi.fn();
  const [process] = await mounted({
    Counter: {
      mount: () => ({ count: 0 }),
      background(_payload, state, { waitUntil }) {
        const work = { then: (resolve: (value: unknown) => void) => resolve(done()) };
        waitUntil(work as Promise<unknown>);
        return { count: state.count + 1 };
      },
    },
  });
  const patches = await process({ type: "Counter", instance: "a", event: "background" });
  expect(patches).toMatchObject([{ value: 1 }]);
  await vi.waitFor(() => expect(done).toHaveBeenCalledTimes(1));
});
