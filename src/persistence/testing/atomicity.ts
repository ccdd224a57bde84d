import type { Adapter, Write } from "../adapter.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

/** A commit happens whole or not at all. */
export const atomicity: CaseGroup = {
  "a commit of which one condition fails writes nothing, in no type": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.atomicWrites < 4) return await expectSingleWrites(adapter, type);
    await adapter.commit([{ type, key: "kept", value: 1 }, { type, key: "taken", value: 1 }]);
    const stale: Write = { type, key: "taken", value: 2, ifVersion: null };
    const others: Write[] = [
      { type, key: "new", value: 2 },
      { type, key: "kept", delete: true },
      { type: `${type} other`, key: "new", value: 2 },
    ];
    for (let position = 0; position <= others.length; position++) {
      const writes = others.toSpliced(position, 0, stale);
      await assertRejects(adapter.commit(writes), "ConflictError", "the commit");
      const entries = (await listAll(adapter, type)).map(({ key, value }) => [key, value]);
      assertEqual(entries, [["kept", 1], ["taken", 1]], "the entries");
      assertEqual(await listAll(adapter, `${type} other`), [], "the other type");
    }
  },

  "of many commits that create one entry at once, one succeeds": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return await expectSingleWrites(adapter, type);
    const outcomes = await Promise.allSettled(
      Array.from(
        { length: 20 },
        (_, n) =>
          adapter.commit([
            { type, key: "one", value: n, ifVersion: null },
            { type, key: `of ${n}`, value: n },
          ]),
      ),
    );
    const winners = outcomes.flatMap(({ status }, n) => status === "fulfilled" ? [n] : []);
    assertEqual(winners.length, 1, "the number of winners");
    const entries = (await listAll(adapter, type)).map(({ value }) => value);
    assertEqual(entries, [winners[0], winners[0]], "the entries");
  },

  "transfers between two entries never make or lose anything": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return await expectSingleWrites(adapter, type);
    await adapter.commit(["a", "b"].map((key) => ({ type, key, value: 100 })));
    await Promise.all(Array.from({ length: 8 }, (_, n) => transfer(adapter, type, n % 2 === 0)));
    const balances = (await listAll(adapter, type)).map(({ value }) => value as number);
    assertEqual(balances.reduce((sum, value) => sum + value, 0), 200, "the sum");
  },

  "as many writes as capabilities.atomicWrites says fit one conditional commit": async (
    context,
  ) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return await expectSingleWrites(adapter, type);
    const count = Math.min(adapter.capabilities.atomicWrites, 1_000);
    const writes = Array.from({ length: count }, (_, key): Write => {
      return { type, key, value: { text: "some text", key }, ifVersion: null };
    });
    await adapter.commit(writes);
    assertEqual((await listAll(adapter, type)).length, count, "the number of entries");
    await assertRejects(adapter.commit(writes.slice(-1)), "ConflictError", "doing it again");
  },
};

async function transfer(adapter: Adapter, type: string, forward: boolean): Promise<void> {
  for (let done = 0; done < 5;) {
    const [from, to] = [
      await adapter.get(type, forward ? "a" : "b"),
      await adapter.get(type, forward ? "b" : "a"),
    ];
    assert(from && to, "both entries are there");
    try {
      await adapter.commit([
        { type, key: from.key, value: (from.value as number) - 1, ifVersion: from.version },
        { type, key: to.key, value: (to.value as number) + 1, ifVersion: to.version },
      ]);
      done++;
    } catch (error) {
      if ((error as Error).name !== "ConflictError") throw error;
    }
  }
}

/** What can be asked of a backend that has no transactions. */
async function expectSingleWrites(adapter: Adapter, type: string): Promise<void> {
  await Promise.all(Array.from({ length: 10 }, (_, n) => {
    return adapter.commit([{ type, key: "a", value: { n, same: n } }]);
  }));
  const value = (await adapter.get(type, "a"))?.value as { n: number; same: number };
  assertEqual(value.n, value.same, "a value, which is never a mixture");
}
