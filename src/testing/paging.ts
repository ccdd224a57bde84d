import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseContext, type CaseGroup, listAll, listPages, unpaged } from "./case.ts";

/** More entries than most backends read at once, and few enough for one that writes them one by one. */
const entryCount = 1_200;
const manyEntries = 2_500;

/** Lists of any length, read page by page. */
export const paging: CaseGroup = {
  "list yields 2,500 entries once each and in order": async (context) => {
    const { adapter, type } = await filled(context, manyEntries);
    let expected = 0;
    for await (const entry of adapter.list(type)) {
      assertEqual([entry.key, entry.value], [expected, { n: expected }], "the next entry");
      expected++;
    }
    assertEqual(expected, manyEntries, "the number of entries");
    const reversed = await listAll(adapter, type, { reverse: true });
    assertEqual(reversed.length, manyEntries, "the number of entries, reversed");
    assertEqual(reversed[0]?.key, manyEntries - 1, "the last key");
  },

  "limit and after divide a list into pages without a gap": async (context) => {
    const { adapter, type } = await filled(context);
    let after: number | undefined;
    let seen = 0;
    for (;;) {
      const page = await listAll(adapter, type, {
        limit: 999,
        ...after !== undefined && { after },
      });
      if (page.length === 0) break;
      assertEqual(page.map((entry) => entry.key), page.map((_, i) => seen + i), "the page");
      seen += page.length;
      after = page.at(-1)!.key as number;
    }
    assertEqual(seen, entryCount, "the number of entries");
  },

  "pages yields what list yields": async (context) => {
    const { adapter, type } = await filled(context);
    if (!adapter.pages) return unpaged;
    for (const options of [{}, { reverse: true }, { after: 7, limit: 1_101 }, { limit: 0 }]) {
      const entries = await listPages(adapter, type, options);
      assertEqual(entries, await listAll(adapter, type, options), "the entries of the pages");
    }
    await assertRejects(listPages(adapter, type, { limit: -1 }), "RangeError", "limit -1");
  },

  "a list can be left early, and entries can be deleted while it is read": async (context) => {
    const { adapter, type } = await filled(context);
    for await (const entry of adapter.list(type)) {
      if (entry.key === 10) break;
    }
    let seen = 0;
    for await (const entry of adapter.list(type)) {
      if (seen++ % 500 === 0) await adapter.commit([{ type, key: entry.key, delete: true }]);
    }
    assertEqual(seen, entryCount, "the number of entries");
    assertEqual(
      (await listAll(adapter, type)).length,
      entryCount - 3,
      "the number of entries left",
    );
  },

  "limit 0 lists nothing, and anything but a whole number from 0 up is refused": async (
    { adapter, type },
  ) => {
    await adapter.commit([{ type, key: "a", value: 1 }]);
    assertEqual(await listAll(adapter, type, { limit: 0 }), [], "the list");
    for (const limit of [-1, 1.5, NaN]) {
      await assertRejects(listAll(adapter, type, { limit }), "RangeError", `limit ${limit}`);
    }
  },

  "a list of a type without entries is empty": async ({ adapter, type }) => {
    assertEqual(await listAll(adapter, type), [], "the list");
    assert((await listAll(adapter, type, { after: 1, reverse: true })).length === 0, "it is empty");
  },
};

async function filled(
  { adapter, type }: CaseContext,
  count = entryCount,
): Promise<Pick<CaseContext, "adapter" | "type">> {
  const writes = Array.from({ length: count }, (_, n) => ({ type, key: n, value: { n } }));
  await adapter.commit(writes);
  return { adapter, type };
}
