import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import {
  applyEvent,
  createProcessor,
  type Handlers,
  type InstanceStore,
  MemoryStore,
  NascError,
  type Patch,
} from "../../mod.ts";
import { instantClock } from "../support/clock.ts";
import { errorCode } from "../support/counter.ts";
import { kindsOfStore } from "../support/kinds-of-store.ts";

interface Account {
  readonly id: string;
  readonly balance: number;
  readonly log: readonly string[];
}

function add(balance: number, word = "update") {
  return (state: Account) => ({
    ...state,
    balance: state.balance + balance,
    log: [...state.log, word],
  });
}

const handlers: Handlers = {
  Account: {
    mount: ({ id }) => ({ id, balance: 100, log: [] }),
    async pay({ to, amount }, state, { update }) {
      await update("Account", to, (other) => ({ ...other, balance: other.balance + amount }));
      return { ...state, balance: state.balance - amount };
    },
    async awaited(_payload, state, { type, id, update }) {
      await update(type, id, add(1, "first"));
      await update(type, id, add(2, "second"));
      return { ...state, log: ["handler"] };
    },
    hasty(_payload, state, { type, id, update }) {
      void update(type, id, async (own) => {
        for (let turn = 0; turn < 10; turn++) await undefined;
        return add(1, "first")(own);
      });
      void update(type, id, add(2, "second"));
      return { ...state, log: ["handler"] };
    },
    async together(_payload, state, { type, id, update }) {
      await Promise.all([update(type, id, add(1, "first")), update(type, id, add(2, "second"))]);
      return { ...state, log: ["handler"] };
    },
    same(_payload, state, { type, id, update }) {
      void update(type, id, (own) => ({ ...own, balance: own.balance * 2 }));
      return { ...state, balance: 7 };
    },
    async nested(_payload, state, { type, id, update }) {
      await update(type, id, async (own) => {
        await update(type, id, add(2, "inner"));
        return add(1, "outer")(own);
      });
      return state;
    },
    async rejected(_payload, state, { type, id, update }) {
      await update(type, id, () => {
        throw new NascError("full", "There is no more room");
      });
      return { ...state, balance: 0 };
    },
    async broken(_payload, state, { type, id, update }) {
      await update(type, id, () => 5);
      return { ...state, balance: 0 };
    },
    async both({ other }, state, { type, id, update }) {
      await update(type, id, add(1, "own"));
      await update(type, other, async (account) => {
        await update(type, id, add(10, "own, of the other"));
        return add(1, "other")(account);
      });
      await update(type, id, add(100, "own again"));
      return { ...state, log: ["handler"] };
    },
  },
};

const account = { type: "Account", instance: "1" };

async function start(store: InstanceStore, more: Handlers[string] = {}) {
  const process = createProcessor({ Account: { ...handlers["Account"], ...more } }, store, {
    lastWriteWins: true,
    onError: () => {},
    clock: instantClock,
  });
  await process({ ...account, event: "mount" });
  return {
    send: (event: string, payload: object = {}): Promise<Patch[]> =>
      process({ ...account, event, payload }),
    async state(instance = "1"): Promise<Record<string, unknown>> {
      const patches = await process({ ...account, instance, event: "mount" });
      return Object.fromEntries(
        patches.flatMap((patch) =>
          patch.action === "bindUpdate" ? [[patch.prop, patch.value]] : []
        ),
      );
    },
  };
}

describe.for(kindsOfStore)("an update of the event's own instance on %s", ([name, open]) => {
  test("lets an account pay itself", async () => {
    const { send, state } = await start(open());
    expect(await send("pay", { to: "1", amount: 30 })).toEqual([]);
    expect(await state()).toMatchObject({ balance: 100 });
  });

  test.for(["awaited", "hasty", "together"])(
    "changes what the handler returned, in order, when %s",
    async (event) => {
      const { send, state } = await start(open());
      expect(await send(event)).toMatchObject([{ prop: "balance", value: 103, rev: 2 }, {
        prop: "log",
        rev: 2,
      }]);
      expect(await state()).toMatchObject({ balance: 103, log: ["handler", "first", "second"] });
    },
  );

  test("sees the property that the handler has changed, and has the last word", async () => {
    const { send, state } = await start(open());
    await send("same");
    expect(await state()).toMatchObject({ balance: 14 });
  });

  test("may be awaited inside another, and follows it", async () => {
    const { send, state } = await start(open());
    await send("nested");
    expect(await state()).toMatchObject({ balance: 103, log: ["outer", "inner"] });
  });

  test.for([["rejected", "full"], ["broken", "internal"]] as const)(
    "fails the event if it is %s, and nothing is changed",
    async ([event, code]) => {
      const { send, state } = await start(open());
      expect(errorCode(await send(event))).toBe(code);
      expect(await state()).toMatchObject({ balance: 100, log: [] });
    },
  );

  // With only load and persist, a store has no commit of two instances.
  test.skipIf(name === "a Map" || name === "a plain store")(
    "is committed with updates of others",
    async () => {
      const { send, state } = await start(open());
      await send("both", { other: "2" });
      expect(await state()).toMatchObject({
        balance: 211,
        log: ["handler", "own", "own, of the other", "own again"],
      });
      expect(await state("2")).toMatchObject({ balance: 101, log: ["other"] });
    },
  );
});

test("money is neither made nor lost, whoever pays whom, themselves too, at once", async () => {
  const names = ["1", "2", "3"];
  const payment = fc.record({
    from: fc.constantFrom(...names),
    to: fc.constantFrom(...names),
    amount: fc.integer({ min: 0, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(payment, { maxLength: 30 }), async (payments) => {
      const store = new MemoryStore();
      const process = createProcessor(handlers, store, { clock: instantClock });
      for (const instance of names) await process({ ...account, instance, event: "mount" });
      const balances = new Map(names.map((name) => [name, 100]));
      for (const { from, to, amount } of payments) {
        balances.set(from, balances.get(from)! - amount);
        balances.set(to, balances.get(to)! + amount);
      }
      const answers = await Promise.all(
        payments.map(({ from, ...payload }) =>
          process({ ...account, instance: from, event: "pay", payload })
        ),
      );
      expect(answers.map(errorCode).filter((code) => code !== undefined)).toEqual([]);
      for (const name of names) {
        expect((await store.load("Account", name)).balance).toBe(balances.get(name));
      }
    }),
    { numRuns: 50 },
  );
});

test("an event that runs again makes its own updates once", async () => {
  const store = new MemoryStore();
  let interruptions = 3;
  const { send, state } = await start(store, {
    async interrupted(_payload, own, { type, id, update }) {
      await update(type, id, add(1));
      if (interruptions-- > 0) await store.persist("Account", "1", {}, { ...own, balance: 10 });
      return { ...own, log: ["handler"] };
    },
  });
  await send("interrupted");
  expect(await state()).toMatchObject({ balance: 11, log: ["handler", "update"] });
});

test("an instance may update itself while it is mounted, by its own mount or by another's event", async () => {
  const { send, state } = await start(new MemoryStore(), {
    async mount({ id }, { type, update }) {
      await update(type, id!, add(1, "mount"));
      return { id, balance: 100, log: [] };
    },
  });
  expect(await state()).toMatchObject({ balance: 101, log: ["mount"] });
  await send("pay", { to: "2", amount: 30 });
  expect(await state()).toMatchObject({ balance: 71 });
  expect(await state("2")).toMatchObject({ balance: 131, log: ["mount"] });
});

test("updates that wait for each other in a circle are all made", async () => {
  const { send, state } = await start(new MemoryStore(), {
    async circle(_payload, own, { type, id, update }) {
      await update(type, "2", async (second) => {
        await update(type, "3", async (third) => {
          await update(type, "2", add(1, "inner"));
          await update(type, id, add(1, "inner"));
          return add(1, "outer")(third);
        });
        return add(1, "outer")(second);
      });
      await update(type, id, async (first) => {
        await update(type, "2", async (second) => {
          await update(type, id, add(1, "innermost"));
          return add(1, "last")(second);
        });
        return add(1, "outer")(first);
      });
      return own;
    },
  });
  expect(errorCode(await send("circle"))).toBeUndefined();
  expect(await state()).toMatchObject({ log: ["inner", "outer", "innermost"], balance: 103 });
  expect(await state("2")).toMatchObject({ log: ["outer", "inner", "last"], balance: 103 });
  expect(await state("3")).toMatchObject({ log: ["outer"], balance: 101 });
});

test("an update of the own instance after the event has ended rejects, and writes nothing", async () => {
  const late = vi.fn();
  const { send, state } = await start(new MemoryStore(), {
    later(_payload, own, { type, id, update, waitUntil }) {
      waitUntil(() => update(type, id, add(1)).catch(late));
      return { ...own, balance: 1 };
    },
  });
  await send("later");
  await vi.waitFor(() => expect(late).toHaveBeenCalled());
  expect(late.mock.calls[0]![0].message).toContain("the event has ended");
  expect(await state()).toMatchObject({ balance: 1 });
});

test("applyEvent makes updates of its one instance", async () => {
  const current = { id: "1", balance: 100, log: [] };
  const options = {
    handler: handlers["Account"]!,
    type: "Account",
    id: "1",
    current,
    dryRun: true,
  };
  expect((await applyEvent({ ...options, event: "nested" })).newState)
    .toEqual({ id: "1", balance: 103, log: ["outer", "inner"] });
  await expect(applyEvent({ ...options, event: "both", payload: { other: "2" } }))
    .rejects.toThrow("applyEvent handles one instance");
});
