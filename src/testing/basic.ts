import { assert, assertEqual } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

/** Writing, reading and deleting. */
export const basic: CaseGroup = {
  "get returns a committed value with the version that commit returned": async (context) => {
    const { adapter, type } = context;
    const versions = await adapter.commit([{ type, key: "a", value: { n: 1 } }]);
    const entry = await adapter.get(type, "a");
    assertEqual(entry, { key: "a", value: { n: 1 }, version: versions[0] }, "the entry");
    assert(typeof versions[0] === "string" && versions.length === 1, "a version is a string");
  },

  "get returns undefined and load null for what was never written": async ({ adapter, type }) => {
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
    assertEqual(await adapter.load(type, "a"), null, "the state");
  },

  "a put replaces all of an entry, its metadata included": async ({ adapter, type }) => {
    await adapter.commit([{ type, key: "a", value: { n: 1, m: 1 }, metadata: { rev: 1 } }]);
    await adapter.commit([{ type, key: "a", value: { n: 2 } }]);
    const entry = await adapter.get(type, "a");
    assertEqual(entry?.value, { n: 2 }, "the value");
    assertEqual(entry?.metadata, undefined, "the metadata");
  },

  "get and list return metadata with its value": async ({ adapter, type }) => {
    const metadata = { rev: 7, tags: ["é"] };
    await adapter.commit([{ type, key: "a", value: new Date(0), metadata }]);
    assertEqual((await adapter.get(type, "a"))?.metadata, metadata, "the metadata");
    for await (const entry of adapter.list(type)) {
      assertEqual(entry.metadata, metadata, "the listed metadata");
    }
  },

  "a deleted entry is gone, and deleting nothing is no error": async ({ adapter, type }) => {
    await adapter.commit([{ type, key: "a", value: 1 }]);
    assertEqual(await adapter.commit([{ type, key: "a", delete: true }]), [null], "the versions");
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
    await adapter.commit([{ type, key: "a", delete: true }]);
  },

  "load returns what persist stored": async ({ adapter, type }) => {
    await adapter.persist(type, "a", { n: 1 }, { n: 1, tags: ["x"] });
    assertEqual(await adapter.load(type, "a"), { n: 1, tags: ["x"] }, "the state");
    await adapter.persist(type, "a", { n: 2 }, { n: 2, tags: ["x"] });
    assertEqual(await adapter.load(type, "a"), { n: 2, tags: ["x"] }, "the next state");
    assertEqual((await adapter.get(type, "a"))?.value, { n: 2, tags: ["x"] }, "the entry's value");
  },

  "one commit writes and deletes entries of several types": async ({ adapter, type }) => {
    const other = `${type} other`;
    await adapter.commit([{ type, key: "a", value: 1 }, { type: other, key: "b", value: 2 }]);
    const versions = await adapter.commit([
      { type, key: "a", delete: true },
      { type: other, key: "b", value: 3 },
      { type: other, key: "c", value: 4 },
    ]);
    assertEqual(await adapter.get(type, "a"), undefined, "the deleted entry");
    assertEqual((await adapter.get(other, "b"))?.version, versions[1], "the version of b");
    assertEqual((await adapter.get(other, "c"))?.value, 4, "the value of c");
  },

  "a commit of many different writes applies each of them and returns its version": async (
    context,
  ) => {
    const { adapter, type } = context;
    const even = Array.from({ length: 50 }, (_, key) => ({
      ...{ type, key: key * 2, value: key % 7 === 0 ? new Date(key) : { key } },
      ...key % 3 === 0 && { metadata: { rev: key } },
    }));
    await adapter.commit(even);
    const all = even.flatMap((write) => [
      write.key % 3 === 0 ? { type, key: write.key, delete: true } as const : write,
      { type, key: write.key + 1, value: "odd", metadata: [write.key] },
    ]);
    const versions = await adapter.commit(all);
    const kept = all.flatMap((write, index) => {
      if ("delete" in write) return [];
      const { key, value } = write;
      const entry = { key, value, version: versions[index] };
      return "metadata" in write ? [{ ...entry, metadata: write.metadata }] : [entry];
    });
    assertEqual(await listAll(adapter, type), kept, "the entries");
  },

  "writes to one entry in one commit take effect in order": async ({ adapter, type }) => {
    const versions = await adapter.commit([
      { type, key: "a", value: 1 },
      { type, key: "a", value: 2 },
      { type, key: "b", value: 1 },
      { type, key: "b", delete: true },
    ]);
    const entry = await adapter.get(type, "a");
    assertEqual(entry?.value, 2, "the value of a");
    assertEqual(entry?.version, versions[1], "the version of a");
    assertEqual(await adapter.get(type, "b"), undefined, "b");
  },

  "count, if there is one, returns how many entries a type has": async ({ adapter, type }) => {
    if (!adapter.count) return "this adapter has no count";
    assertEqual(await adapter.count(type), 0, "the count of a type that never was");
    await adapter.commit(["a", "b", "c"].map((key) => ({ type, key, value: key })));
    await adapter.commit([{ type, key: "a", value: 2 }, { type, key: "b", delete: true }]);
    await adapter.commit([{ type: `${type} other`, key: "a", value: 1 }]);
    assertEqual(await adapter.count(type), 2, "the count");
  },

  "an empty commit writes nothing": async ({ adapter }) => {
    assertEqual(await adapter.commit([]), [], "the versions");
  },
};
