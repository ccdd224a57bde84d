import { assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";
import { samples } from "./samples.ts";

/** Values keep their types. */
export const values: CaseGroup = {
  "get and list return every type of value as it was stored": async (context) => {
    const { adapter, type } = context;
    for (const [key, value] of samples.entries()) await adapter.commit([{ type, key, value }]);
    for (const [key, value] of samples.entries()) {
      assertEqual((await adapter.get(type, key))?.value, value, `sample ${key}`);
    }
    const listed = (await listAll(adapter, type)).map((entry) => entry.value);
    assertEqual(listed, [...samples], "the listed samples");
  },

  "the properties of a value keep the order in which they were set": async ({ adapter, type }) => {
    await adapter.commit([{ type, key: "a", value: { z: 1, a: 2, m: new Date(0) } }]);
    const value = (await adapter.get(type, "a"))?.value as object;
    assertEqual(Object.keys(value), ["z", "a", "m"], "the keys");
  },

  "a commit with a value that cannot be stored is refused by its path and writes nothing": async (
    { adapter, type },
  ) => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    for (const value of [{ f() {} }, [Symbol("s")], cycle, JSON.parse('{"__proto__":1}'), /x/]) {
      const writes = [{ type, key: "a", value: 1 }, { type, key: "b", value: { part: value } }];
      const error = await assertRejects(adapter.commit(writes), "TypeError", "the commit");
      assertEqual(error.message.includes("part"), true, `naming the path in ${error.message}`);
    }
    assertEqual(await adapter.get(type, "a"), undefined, "the other entry");
  },

  "a value nested 100,000 levels deep is refused and crashes nothing": async (
    { adapter, type },
  ) => {
    let value: unknown = 1;
    for (let level = 0; level < 100_000; level++) value = [value];
    await assertRejects(adapter.commit([{ type, key: "a", value }]), "TypeError", "the commit");
  },

  "metadata that is not plain JSON is refused": async ({ adapter, type }) => {
    const metadata = { at: new Date(0) };
    const commit = adapter.commit([{ type, key: "a", value: 1, metadata }]);
    await assertRejects(commit, "TypeError", "the commit");
  },
};
