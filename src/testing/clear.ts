import { assert, assertEqual } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

/** Removing a whole type. */
export const clear: CaseGroup = {
  "clear removes every entry of a type and of no other": async ({ adapter, type }) => {
    const other = `${type} other`;
    const writes = Array.from({ length: 1_200 }, (_, key) => ({ type, key, value: key }));
    await adapter.commit(writes);
    await adapter.commit([{ type: other, key: "a", value: 1 }]);
    await adapter.clear(type);
    assertEqual(await listAll(adapter, type), [], "the list");
    assertEqual(await adapter.get(type, 7), undefined, "an entry");
    assertEqual((await listAll(adapter, other)).length, 1, "the number of other entries");
  },

  "a type can be filled again after clear": async ({ adapter, type }) => {
    await adapter.commit([{ type, key: "a", value: 1 }]);
    await adapter.clear(type);
    await adapter.commit([{ type, key: "b", value: 2 }]);
    assertEqual((await listAll(adapter, type)).map((entry) => entry.key), ["b"], "the keys");
  },

  "clearing a type that was never written is no error": async ({ adapter, type }) => {
    await adapter.clear(type);
    assertEqual(await listAll(adapter, type), [], "the list");
  },

  "an entry that is written after clear has resolved stays, whatever raced with the clear": async (
    context,
  ) => {
    const { adapter, type } = context;
    const early = Array.from({ length: 20 }, (_, key) => {
      return adapter.commit([{ type, key, value: "early" }]);
    });
    await adapter.clear(type);
    await adapter.commit([{ type, key: "late", value: "late" }]);
    await Promise.all(early);
    assertEqual((await adapter.get(type, "late"))?.value, "late", "the late entry");
    for (const entry of await listAll(adapter, type)) {
      assert(entry.value === "early" || entry.value === "late", "every entry is whole");
    }
  },
};
