import { assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, expectConflict, listAll, unconditional } from "./case.ts";

const hour = 3_600_000;
const everlasting = "entries of this backend cannot expire";

/** Which writes may carry a `ttl`. */
export const expiry: CaseGroup = {
  "a ttl is refused where entries cannot expire": async ({ adapter, type }) => {
    if (adapter.capabilities.expiry) return "entries of this backend can expire";
    const commit = adapter.commit([{ type, key: "a", value: 1, ttl: hour }]);
    await assertRejects(commit, "TypeError", "the commit");
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },

  "a ttl that is not a number of milliseconds above 0 is refused": async ({ adapter, type }) => {
    for (const ttl of [0, -1, NaN, Infinity, "1" as unknown as number]) {
      const commit = adapter.commit([{ type, key: "a", value: 1, ttl }]);
      await assertRejects(commit, "TypeError", `ttl ${ttl}`);
    }
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },

  "an entry with a ttl can be read until it expires": async ({ adapter, type }) => {
    if (!adapter.capabilities.expiry) return everlasting;
    const [version] = await adapter.commit([{ type, key: "a", value: 1, ttl: hour }]);
    assertEqual(await adapter.get(type, "a"), { key: "a", value: 1, version }, "the entry");
    assertEqual((await listAll(adapter, type)).length, 1, "the number of entries");
  },
};

/** What happens to entries when their time has come. */
export const expired: CaseGroup = {
  "an entry is gone after its ttl, for reads, lists and conditions": async (context) => {
    const { adapter, type, advance } = context;
    if (!adapter.capabilities.expiry) return everlasting;
    await adapter.commit([{ type, key: "a", value: 1, ttl: hour }, { type, key: "b", value: 1 }]);
    await advance(hour);
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
    assertEqual((await listAll(adapter, type)).map((entry) => entry.key), ["b"], "the keys");
    if (adapter.capabilities.conditional === "none") return;
    await adapter.commit([{ type, key: "a", value: 2, ifVersion: null }]);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the new value");
  },

  "the version of an entry that has expired conflicts": async ({ adapter, type, advance }) => {
    if (!adapter.capabilities.expiry) return everlasting;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [ifVersion] = await adapter.commit([{ type, key: "a", value: 1, ttl: hour }]);
    await advance(hour);
    for (const write of [{ value: 2 }, { delete: true }] as const) {
      const commit = adapter.commit([{ type, key: "a", ifVersion: ifVersion!, ...write }]);
      await assertRejects(commit, "ConflictError", "the commit");
    }
  },

  "an entry that has expired counts as none for a check": async (context) => {
    const { adapter, type, advance } = context;
    if (!adapter.capabilities.expiry) return everlasting;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [ifVersion] = await adapter.commit([{ type, key: "a", value: 1, ttl: hour }]);
    const check = { type, key: "a", check: true } as const;
    await adapter.commit([{ ...check, ifVersion: ifVersion! }]);
    await advance(hour);
    await expectConflict(context, { ...check, ifVersion: ifVersion! });
    await adapter.commit([{ ...check, ifVersion: null }]);
    await adapter.commit([{ ...check, ifVersion: null }, { type, key: "b", value: 1 }]);
    assertEqual((await listAll(adapter, type)).map((entry) => entry.key), ["b"], "the keys");
  },

  "a write without a ttl makes an entry last": async ({ adapter, type, advance }) => {
    if (!adapter.capabilities.expiry) return everlasting;
    await adapter.commit([{ type, key: "a", value: 1, ttl: hour }]);
    await adapter.commit([{ type, key: "a", value: 2 }]);
    await advance(2 * hour);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the value");
  },

  "the limit of a list does not count entries that have expired": async (context) => {
    const { adapter, type, advance } = context;
    if (!adapter.capabilities.expiry) return everlasting;
    const writes = Array.from({ length: 300 }, (_, key) => {
      return { type, key, value: key, ...key < 290 && { ttl: hour } };
    });
    await adapter.commit(writes);
    await advance(hour);
    const keys = (await listAll(adapter, type, { limit: 5 })).map((entry) => entry.key);
    assertEqual(keys, [290, 291, 292, 293, 294], "the keys");
  },

  "an entry still expires after reopening": async ({ open, type, advance }) => {
    const first = await open();
    if (!first.capabilities.expiry) return everlasting;
    await first.commit([{ type, key: "a", value: 1, ttl: hour }]);
    await first.close();
    const second = await open();
    assertEqual((await second.get(type, "a"))?.value, 1, "the value before");
    await advance(hour);
    assertEqual(await second.get(type, "a"), undefined, "the entry after");
  },
};
