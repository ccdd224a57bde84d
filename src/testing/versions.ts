import { assert, assertEqual } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

/** A version stands for one state of one entry. */
export const versions: CaseGroup = {
  "commit, get and list return the same version": async ({ adapter, type }) => {
    const [version] = await adapter.commit([{ type, key: "a", value: 1 }]);
    assertEqual((await adapter.get(type, "a"))?.version, version, "the version from get");
    assertEqual((await listAll(adapter, type))[0]?.version, version, "the version from list");
  },

  "the version of an entry stays until the entry is written": async ({ adapter, type }) => {
    const [version] = await adapter.commit([{ type, key: "a", value: 1 }]);
    await adapter.commit([{ type, key: "b", value: 1 }]);
    assertEqual((await adapter.get(type, "a"))?.version, version, "the version");
  },

  "a version never comes back, even if the value does": async ({ adapter, type }) => {
    const seen = new Set<unknown>();
    for (let round = 0; round < 20; round++) {
      const [version] = await adapter.commit([{ type, key: "a", value: 1 }]);
      seen.add(version);
      if (round % 3 === 0) await adapter.commit([{ type, key: "a", delete: true }]);
      if (round % 5 === 0) await adapter.clear(type);
    }
    assert(seen.size === 20, "20 writes leave 20 different versions");
  },
};
