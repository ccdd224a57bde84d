import { assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

/** What one adapter wrote, the next one finds. */
export const reopening: CaseGroup = {
  "entries, versions and metadata outlive the adapter that wrote them": async (context) => {
    const { open, type } = context;
    const first = await open();
    await first.commit([
      { type, key: 1, value: { at: new Date(0) }, metadata: { rev: 3 } },
      { type, key: "1", value: new Set(["a"]) },
    ]);
    const before = await listAll(first, type);
    await first.close();
    const second = await open();
    assertEqual(await listAll(second, type), before, "the entries");
    assertEqual(before.length, 2, "the number of entries");
  },

  "a version that was read before still guards after": async ({ open, type }) => {
    const first = await open();
    if (first.capabilities.conditional === "none") return;
    const [version] = await first.commit([{ type, key: "a", value: 1 }]);
    await first.close();
    const second = await open();
    await second.commit([{ type, key: "a", value: 2, ifVersion: version! }]);
    const commit = second.commit([{ type, key: "a", value: 3, ifVersion: version! }]);
    await assertRejects(commit, "ConflictError", "the commit");
  },

  "two adapters on one storage see each other's writes": async ({ open, type }) => {
    const [first, second] = [await open(), await open()];
    assertEqual(await second.get(type, "a"), undefined, "the entry before");
    await first.commit([{ type, key: "a", value: 1 }]);
    assertEqual((await second.get(type, "a"))?.value, 1, "the value");
    await second.clear(type);
    assertEqual(await first.get(type, "a"), undefined, "the entry after");
  },
};
