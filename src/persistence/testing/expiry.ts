import { assertEqual, assertRejects } from "./assert.ts";
import { type CaseContext, type CaseGroup, listAll } from "./case.ts";

const HOUR = 3_600_000;

/** Entries that go away by themselves. */
export const expiry: CaseGroup = {
  "an entry with a ttl can be read before its time": async (context) => {
    if (await refusesExpiry(context)) return;
    const { adapter, type } = context;
    const [version] = await adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
    assertEqual(await adapter.get(type, "a"), { key: "a", value: 1, version }, "the entry");
    assertEqual((await listAll(adapter, type)).length, 1, "the number of entries");
  },

  "an entry is gone after its ttl, for reads, lists and conditions": async (context) => {
    if (await refusesExpiry(context)) return;
    const { adapter, type, advance } = context;
    if (!advance) return await expectLongLife(context);
    await adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }, { type, key: "b", value: 1 }]);
    await advance(HOUR);
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
    assertEqual((await listAll(adapter, type)).map((entry) => entry.key), ["b"], "the keys");
    if (adapter.capabilities.conditional === "none") return;
    await adapter.commit([{ type, key: "a", value: 2, ifVersion: null }]);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the new value");
  },

  "a write without a ttl makes an entry last": async (context) => {
    if (await refusesExpiry(context)) return;
    const { adapter, type, advance } = context;
    if (!advance) return await expectLongLife(context);
    await adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
    await adapter.commit([{ type, key: "a", value: 2 }]);
    await advance(2 * HOUR);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the value");
  },

  "a ttl that is no time is refused": async ({ adapter, type }) => {
    for (const ttl of [0, -1, NaN, Infinity, "1" as unknown as number]) {
      const commit = adapter.commit([{ type, key: "a", value: 1, ttl }]);
      await assertRejects(commit, "TypeError", `ttl ${ttl}`);
    }
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },
};

/** Where entries cannot expire, the right answer is to say so. */
async function refusesExpiry({ adapter, type }: CaseContext): Promise<boolean> {
  if (adapter.capabilities.expiry) return false;
  const commit = adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
  await assertRejects(commit, "TypeError", "the commit");
  assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  return true;
}

/** What can be seen while nobody said how time passes. */
async function expectLongLife({ adapter, type }: CaseContext): Promise<void> {
  await adapter.commit([{ type, key: "a", value: 1, ttl: 1_000 * HOUR }]);
  assertEqual((await adapter.get(type, "a"))?.value, 1, "the value");
}
