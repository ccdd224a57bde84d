import type { Write } from "../persistence/adapter/adapter.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
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

  "a put with a version of its own leaves that version": async ({ adapter, type }) => {
    const [first, second, third] = [1, 2, 3].map(() => crypto.randomUUID());
    const length = Math.min(300_000, adapter.capabilities.maxValueBytes - 100);
    const versions = await adapter.commit([
      { type, key: "a", value: 1, version: first! },
      { type, key: "b", value: "x".repeat(length), version: second! },
      { type, key: "c", value: 3 },
    ]);
    const stored = (await listAll(adapter, type)).map(({ version }) => version);
    assertEqual(versions.slice(0, 2), [first, second], "the versions from commit");
    assertEqual(stored, versions, "the versions from list");
    const [alone] = await adapter.commit([{ type, key: "a", value: 2, version: third! }]);
    assertEqual(alone, third, "the version of the put alone");
    assertEqual((await adapter.get(type, "a"))?.version, third, "the version from get");
  },

  "a put with a version that is no string, or empty, is refused and writes nothing": async (
    { adapter, type },
  ) => {
    for (const version of ["", 1, null, {}, "\ud800"]) {
      const wrong = { type, key: "b", value: 1, version } as unknown as Write;
      const commit = adapter.commit([{ type, key: "a", value: 1 }, wrong]);
      await assertRejects(commit, "TypeError", `the commit with ${JSON.stringify(version)}`);
    }
    assertEqual(await listAll(adapter, type), [], "the entries");
  },
};
