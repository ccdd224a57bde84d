import type { Entry, Key, ListOptions } from "../persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../persistence/adapter/errors.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseContext, type CaseGroup, listAll, listPages, unpaged } from "./case.ts";

const entryCount = 7;
const damagedKey = 3;

/** One damaged entry among others that stay readable. */
export const damage: CaseGroup = {
  "reading a damaged entry rejects with an error that names it": async (context) => {
    const { adapter, type } = await damaged(context);
    await expectUnreadable(adapter.get(type, damagedKey), type);
    const next = await adapter.get(type, damagedKey + 1);
    assertEqual(next?.value, valueOf(damagedKey + 1), "the next value");
  },

  "a list ends at a damaged entry with an error that names it": async (context) => {
    const { adapter, type } = await damaged(context);
    const keys: Key[] = [];
    const reading = async () => {
      for await (const { key } of adapter.list(type)) keys.push(key);
    };
    await expectUnreadable(reading(), type);
    assertEqual(keys, [0, 1, 2], "the keys before it");
  },

  "a list with onUnreadable goes on after a damaged entry": async (context) => {
    const { adapter, type } = await damaged(context);
    await expectRest((options) => listAll(adapter, type, options), type);
  },

  "pages with onUnreadable go on after a damaged entry": async (context) => {
    const { adapter, type } = await damaged(context);
    if (!adapter.pages) return unpaged;
    await expectRest((options) => listPages(adapter, type, options), type);
  },

  "a put repairs a damaged entry": async (context) => {
    const { adapter, type } = await damaged(context);
    const value = { n: 1, tags: [] };
    await adapter.commit([{ type, key: damagedKey, value, metadata: { rev: 1 } }]);
    const entry = await adapter.get(type, damagedKey);
    assertEqual([entry?.value, entry?.metadata], [value, { rev: 1 }], "the entry");
    assertEqual((await listAll(adapter, type)).length, entryCount, "the number of entries");
  },

  "a delete removes a damaged entry": async (context) => {
    const { adapter, type } = await damaged(context);
    await adapter.commit([{ type, key: damagedKey, delete: true }]);
    assertEqual(await adapter.get(type, damagedKey), undefined, "the entry");
    assertEqual((await listAll(adapter, type)).length, entryCount - 1, "the number of entries");
  },

  "clear removes a damaged entry with the others": async (context) => {
    const { adapter, type } = await damaged(context);
    await adapter.clear(type);
    assertEqual(await listAll(adapter, type), [], "the entries");
    assertEqual(await adapter.get(type, damagedKey), undefined, "the entry");
  },
};

/** Returns a document with parts of several kinds, which a backend may store apart. */
function valueOf(n: number): unknown {
  return { n, text: `text ${n}`, tags: ["a", "b"] };
}

/** Stores seven entries, and damages the fourth. */
async function damaged(
  { adapter, type, corrupt }: CaseContext,
): Promise<Pick<CaseContext, "adapter" | "type">> {
  await adapter.commit(
    Array.from({ length: entryCount }, (_, key) => ({ type, key, value: valueOf(key) })),
  );
  await corrupt(type, damagedKey);
  return { adapter, type };
}

async function expectUnreadable(promise: Promise<unknown>, type: string): Promise<void> {
  expectNamed(await assertRejects(promise, "UnreadableEntryError", "reading it"), type);
}

function expectNamed(error: Error, type: string): void {
  assert(error instanceof UnreadableEntryError, "it is the UnreadableEntryError of rian");
  assertEqual([error.type, error.key], [type, damagedKey], "type and key of the error");
}

/** Expects to read all others, in both directions and up to a limit, and to receive the error of the damaged one. */
async function expectRest(
  read: (options: ListOptions) => Promise<readonly Entry[]>,
  type: string,
): Promise<void> {
  for (
    const [options, expected] of [
      [{}, [0, 1, 2, 4, 5, 6]],
      [{ reverse: true }, [6, 5, 4, 2, 1, 0]],
      [{ after: 1, limit: 3 }, [2, 4, 5]],
    ] as const
  ) {
    const errors: UnreadableEntryError[] = [];
    const entries = await read({ ...options, onUnreadable: (error) => errors.push(error) });
    assertEqual(entries.map(({ key }) => key), [...expected], "the keys");
    assertEqual(errors.length, 1, "the number of errors");
    expectNamed(errors[0]!, type);
  }
}
