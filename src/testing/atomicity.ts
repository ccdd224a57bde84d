import type { Adapter, Write } from "../persistence/adapter/adapter.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll, listValues, unconditional } from "./case.ts";
import { untilCommitted } from "./retry.ts";

const mostWritesTried = 1_000;
const mostBytesTried = 2_000_000;

/** A commit happens whole or not at all. */
export const atomicity: CaseGroup = {
  "a commit with one condition that fails writes nothing, of any type": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
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
      assertEqual(await listValues(adapter, type), [["kept", 1], ["taken", 1]], "the entries");
      assertEqual(await listAll(adapter, `${type} other`), [], "the other type");
    }
  },

  "of many concurrent commits that create one entry, one succeeds": async ({ adapter, type }) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
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

  "concurrent transfers between two entries neither create nor lose anything": async (
    { adapter, type },
  ) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
    await adapter.commit(["a", "b"].map((key) => ({ type, key, value: 100 })));
    // Five each: 30 from a to b, and 10 back.
    await Promise.all(Array.from({ length: 8 }, (_, n) => transfer(adapter, type, n % 4 > 0)));
    assertEqual(await listValues(adapter, type), [["a", 80], ["b", 120]], "the balances");
  },

  "concurrent writes to one entry are never mixed": async ({ adapter, type }) => {
    const length = Math.min(100_000, Math.floor(adapter.capabilities.maxValueBytes / 2));
    await Promise.all(["a", "b", "c", "d", "e"].map((letter) => {
      return adapter.commit([{ type, key: "a", value: letter.repeat(length) }]);
    }));
    const value = (await adapter.get(type, "a"))?.value as string;
    assertEqual(
      [value.length, new Set(value).size],
      [length, 1],
      "length and letters of the value",
    );
  },

  "a commit of capabilities.atomicWrites writes, up to 1,000, is all or nothing": async (
    { adapter, type },
  ) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
    const length = Math.min(adapter.capabilities.atomicWrites, mostWritesTried);
    await expectAllOrNothing(
      adapter,
      Array.from({ length }, (_, key) => ({ type, key, value: { text: "some text", key } })),
    );
  },

  "a commit of capabilities.atomicBytes bytes, up to 2 MB, is all or nothing": async (
    { adapter, type },
  ) => {
    const { conditional, atomicBytes, maxValueBytes } = adapter.capabilities;
    if (conditional === "none") return unconditional;
    // A tenth is left for keys and whatever else a backend counts.
    const bytes = 0.9 * Math.min(atomicBytes, mostBytesTried);
    const text = "x".repeat(Math.min(100_000, Math.floor(maxValueBytes / 2), bytes / 2));
    await expectAllOrNothing(
      adapter,
      Array.from(
        { length: Math.floor(bytes / text.length) },
        (_, key) => ({ type, key, value: text }),
      ),
    );
  },
};

async function transfer(adapter: Adapter, type: string, forward: boolean): Promise<void> {
  for (let done = 0; done < 5; done++) {
    await untilCommitted(async () => {
      const from = await adapter.get(type, forward ? "a" : "b");
      const to = await adapter.get(type, forward ? "b" : "a");
      assert(from && to, "both entries are there");
      await adapter.commit([
        { type, key: from.key, value: (from.value as number) - 1, ifVersion: from.version },
        { type, key: to.key, value: (to.value as number) + 1, ifVersion: to.version },
      ]);
    });
  }
}

/** Commits twice: all conditions hold the first time; the second time the last one fails, and nothing is written. */
async function expectAllOrNothing(adapter: Adapter, writes: readonly Write[]): Promise<void> {
  const versions = await adapter.commit(writes.map((write) => ({ ...write, ifVersion: null })));
  const again = writes.with(-1, { ...writes.at(-1)!, ifVersion: null });
  await assertRejects(adapter.commit(again), "ConflictError", "doing it again");
  const listed = await listAll(adapter, writes[0]!.type);
  assertEqual(listed.map((entry) => entry.version), versions, "the versions");
}
