import { assertEqual } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

/** A stored value belongs to the store, a value that was read to its reader. */
export const isolation: CaseGroup = {
  "changes to a value after commit was called do not reach the store": async (context) => {
    const { adapter, type } = context;
    const value = { tags: ["a"], at: new Date(0) };
    const metadata = { rev: 1 };
    const key = new Date(5);
    const commit = adapter.commit([{ type, key, value, metadata }]);
    value.tags.push("b");
    value.at.setTime(9);
    metadata.rev = 2;
    key.setTime(6);
    await commit;
    const entry = await adapter.get(type, new Date(5));
    assertEqual(entry?.value, { tags: ["a"], at: new Date(0) }, "the value");
    assertEqual(entry?.metadata, { rev: 1 }, "the metadata");
  },

  "changes to a value that was read do not reach the store": async ({ adapter, type }) => {
    await adapter.commit([{ type, key: "a", value: { tags: ["a"] }, metadata: { rev: 1 } }]);
    const loaded = await adapter.load(type, "a");
    const entry = await adapter.get(type, "a");
    const [listed] = await listAll(adapter, type);
    loaded.tags.push("b");
    (entry?.value as typeof loaded).tags.push("c");
    (entry?.metadata as { rev: number }).rev = 2;
    (listed?.value as typeof loaded).tags.push("d");
    assertEqual(await adapter.load(type, "a"), { tags: ["a"] }, "the state");
    assertEqual((await adapter.get(type, "a"))?.metadata, { rev: 1 }, "the metadata");
  },

  "frozen values can be stored, and values that were read can be changed": async (
    { adapter, type },
  ) => {
    const value = Object.freeze({ list: Object.freeze([1]) });
    await adapter.commit([{ type, key: "a", value }]);
    const loaded = await adapter.load(type, "a");
    loaded.list.push(2);
    assertEqual(loaded, { list: [1, 2] }, "the copy");
    assertEqual(value, { list: [1] }, "the original");
  },
};
