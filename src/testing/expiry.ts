import { assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll, UNCONDITIONAL } from "./case.ts";

const HOUR = 3_600_000;
const EVERLASTING = "in this backend entries cannot expire";

/** Which entries may go away by themselves. */
export const expiry: CaseGroup = {
  "a ttl is refused where entries cannot expire": async ({ adapter, type }) => {
    if (adapter.capabilities.expiry) return "in this backend entries can expire";
    const commit = adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
    await assertRejects(commit, "TypeError", "the commit");
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },

  "a ttl that is no time is refused": async ({ adapter, type }) => {
    for (const ttl of [0, -1, NaN, Infinity, "1" as unknown as number]) {
      const commit = adapter.commit([{ type, key: "a", value: 1, ttl }]);
      await assertRejects(commit, "TypeError", `ttl ${ttl}`);
    }
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },

  "an entry with a ttl can be read before its time": async ({ adapter, type }) => {
    if (!adapter.capabilities.expiry) return EVERLASTING;
    const [version] = await adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
    assertEqual(await adapter.get(type, "a"), { key: "a", value: 1, version }, "the entry");
    assertEqual((await listAll(adapter, type)).length, 1, "the number of entries");
  },
};

/** What their time does to them, for who can let it pass. */
export const expired: CaseGroup = {
  "an entry is gone after its ttl, for reads, lists and conditions": async (context) => {
    const { adapter, type, advance } = context;
    if (!adapter.capabilities.expiry) return EVERLASTING;
    await adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }, { type, key: "b", value: 1 }]);
    await advance(HOUR);
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
    assertEqual((await listAll(adapter, type)).map((entry) => entry.key), ["b"], "the keys");
    if (adapter.capabilities.conditional === "none") return;
    await adapter.commit([{ type, key: "a", value: 2, ifVersion: null }]);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the new value");
  },

  "a version of an entry that has expired conflicts": async ({ adapter, type, advance }) => {
    if (!adapter.capabilities.expiry) return EVERLASTING;
    if (adapter.capabilities.conditional === "none") return UNCONDITIONAL;
    const [ifVersion] = await adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
    await advance(HOUR);
    for (const write of [{ value: 2 }, { delete: true }] as const) {
      const commit = adapter.commit([{ type, key: "a", ifVersion: ifVersion!, ...write }]);
      await assertRejects(commit, "ConflictError", "the commit");
    }
  },

  "a write without a ttl makes an entry last": async ({ adapter, type, advance }) => {
    if (!adapter.capabilities.expiry) return EVERLASTING;
    await adapter.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
    await adapter.commit([{ type, key: "a", value: 2 }]);
    await advance(2 * HOUR);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the value");
  },

  "a limit counts entries that are there, not those that have expired": async (context) => {
    const { adapter, type, advance } = context;
    if (!adapter.capabilities.expiry) return EVERLASTING;
    const writes = Array.from({ length: 300 }, (_, key) => {
      return { type, key, value: key, ...key < 290 && { ttl: HOUR } };
    });
    await adapter.commit(writes);
    await advance(HOUR);
    const keys = (await listAll(adapter, type, { limit: 5 })).map((entry) => entry.key);
    assertEqual(keys, [290, 291, 292, 293, 294], "the keys");
  },

  "an entry expires also after its adapter was opened anew": async ({ open, type, advance }) => {
    const first = await open();
    if (!first.capabilities.expiry) return EVERLASTING;
    await first.commit([{ type, key: "a", value: 1, ttl: HOUR }]);
    await first.close();
    const second = await open();
    assertEqual((await second.get(type, "a"))?.value, 1, "the value before");
    await advance(HOUR);
    assertEqual(await second.get(type, "a"), undefined, "the entry after");
  },
};
