import type { Adapter, CheckWrite, Version, Write } from "../persistence/adapter/adapter.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
import {
  type CaseGroup,
  deaf,
  expectConflict,
  listAll,
  listValues,
  unconditional,
} from "./case.ts";
import { listen } from "./listen.ts";

const rounds = 20;

/** Checks, which compare without writing. */
export const checks: CaseGroup = {
  "checks are refused where they would not hold": async ({ adapter, type }) => {
    if (adapter.capabilities.conditional !== "none") return "this backend has conditional writes";
    for (const ifVersion of [null, "version"]) {
      const writes: Write[] = [{ type, key: "a", value: 1 }, checkOf(type, "b", ifVersion)];
      await assertRejects(adapter.commit(writes), "TypeError", "the commit with a check");
    }
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },

  "a commit with a check that says too little or too much is refused and writes nothing": async (
    { adapter, type },
  ) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
    const wrong = [
      { type, key: "b", check: true },
      { type, key: "b", check: false, ifVersion: null, value: 1 },
      { type, key: "b", check: "yes", ifVersion: null },
      { type, key: "b", check: true, ifVersion: 1 },
      { type, key: "b", check: true, ifVersion: null, delete: true },
    ] as unknown as Write[];
    for (const write of wrong) {
      const commit = adapter.commit([{ type, key: "a", value: 1 }, write]);
      await assertRejects(commit, "TypeError", `the commit of ${JSON.stringify(write)}`);
    }
    assertEqual(await listAll(adapter, type), [], "the entries");
  },

  "a check returns the version it asked for, which may be null": async ({ adapter, type }) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
    const length = Math.min(300_000, adapter.capabilities.maxValueBytes - 100);
    const [small] = await adapter.commit([{ type, key: "small", value: 1 }]);
    const [large] = await adapter.commit([{ type, key: "large", value: "x".repeat(length) }]);
    const alone = await adapter.commit([checkOf(type, "large", large!)]);
    assertEqual(alone, [large], "the version of the check alone");
    const versions = await adapter.commit([
      checkOf(type, "small", small!),
      { type, key: "new", value: 2 },
      checkOf(type, "none", null),
      checkOf(`${type} other`, "none", null),
    ]);
    const entry = await adapter.get(type, "new");
    assertEqual(versions, [small, entry?.version, null, null], "the versions");
  },

  "a check conflicts once its entry has changed, is gone or was created": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [first] = await adapter.commit([{ type, key: "a", value: 1 }]);
    await adapter.commit([checkOf(type, "a", first!)]);
    await expectConflict(context, checkOf(type, "a", null));
    await adapter.commit([{ type, key: "a", value: 1 }]);
    await expectConflict(context, checkOf(type, "a", first!));
    await adapter.commit([{ type, key: "a", delete: true }]);
    await expectConflict(context, checkOf(type, "a", first!));
    await adapter.commit([checkOf(type, "a", null)]);
    await expectConflict(context, checkOf(type, "never", "made up"));
    await expectConflict(context, checkOf(`${type} other`, "never", "made up"));
  },

  "a check and the writes of its commit take effect together or not at all": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const other = `${type} other`;
    const [version] = await adapter.commit([{ type, key: "a", value: 1 }]);
    const writes: Write[] = [
      { type: other, key: "b", value: 2 },
      { type, key: "c", value: 2, ifVersion: null },
    ];
    await expectConflict(context, ...writes, checkOf(type, "a", null));
    await expectConflict(context, checkOf(type, "a", "made up"), ...writes);
    assertEqual(await listValues(adapter, type), [["a", 1]], "the entries after the conflicts");
    assertEqual(await listAll(adapter, other), [], "the other entries after the conflicts");
    await adapter.commit([...writes, checkOf(type, "a", version!)]);
    assertEqual(await listValues(adapter, type), [["a", 1], ["c", 2]], "the entries");
    assertEqual(await listValues(adapter, other), [["b", 2]], "the other entries");
  },

  "every check of a commit must hold, whatever its place and type": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const places = ["a", "b", "c"].map((key, n) => ({ type: `${type} ${n % 2}`, key }));
    const versions = await adapter.commit(places.map((place) => ({ ...place, value: 1 })));
    const all = places.map(({ type, key }, n) => checkOf(type, key, versions[n]!));
    assertEqual(await adapter.commit(all), versions, "the versions");
    for (let stale = 0; stale < all.length; stale++) {
      const write: Write = { type, key: "d", value: 1 };
      await expectConflict(context, ...all.with(stale, { ...all[stale]!, ifVersion: null }), write);
    }
    assertEqual(await adapter.get(type, "d"), undefined, "the entry beside the checks");
  },

  "a check changes nothing": async ({ adapter, type }) => {
    if (adapter.capabilities.conditional === "none") return unconditional;
    const value = { at: new Date(0), tags: ["x"] };
    await adapter.commit([{ type, key: "a", value, metadata: { rev: 1 } }]);
    const before = await listAll(adapter, type);
    await adapter.commit([checkOf(type, "a", before[0]!.version), checkOf(type, "b", null)]);
    assertEqual(await listAll(adapter, type), before, "the entries");
    assertEqual(await adapter.get(type, "b"), undefined, "the entry that was not there");
  },

  "a check wakes no watcher": async ({ adapter, type }) => {
    if (!adapter.watch) return deaf;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [version] = await adapter.commit([{ type, key: "checked", value: 1 }]);
    const heard = listen(adapter, type);
    await adapter.commit([checkOf(type, "checked", version!)]);
    await adapter.commit([checkOf(type, "checked", version!), { type, key: "put", value: 1 }]);
    await heard.until(["put"]);
    assertEqual(heard.keys, ["put"], "the keys that were heard");
    heard.stop();
  },

  "in one commit a check sees the writes before it, and guards those after it": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const put: Write = { type, key: "a", value: 2 };
    const [version] = await adapter.commit([{ type, key: "a", value: 1 }]);
    const [asRead, none] = [checkOf(type, "a", version!), checkOf(type, "a", null)];
    await expectConflict(context, put, asRead);
    await expectConflict(context, put, none);
    await expectConflict(context, none, put);
    await expectConflict(context, asRead, none);
    await expectConflict(context, asRead, { ...put, ifVersion: null });
    await expectConflict(context, { type, key: "a", delete: true }, asRead);
    assertEqual((await adapter.get(type, "a"))?.version, version, "the version");
    await adapter.commit([asRead, asRead, { ...put, ifVersion: version! }]);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the value of a");
    await adapter.commit([{ type, key: "a", delete: true }, none, { ...put, ifVersion: null }]);
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the value of a, put anew");
  },

  "of two concurrent commits that each check what the other writes, one succeeds": async (
    context,
  ) => {
    const { adapter, type, open } = context;
    const { conditional } = adapter.capabilities;
    if (conditional === "none") return unconditional;
    // "global" is a promise about other connections.
    const other = conditional === "global" ? await open() : adapter;
    for (let round = 0; round < rounds; round++) {
      const [a, b] = await adapter.commit(["a", "b"].map((key) => ({ type, key, value: 0 })));
      const outcomes = await Promise.allSettled([
        adapter.commit([checkOf(type, "a", a!), { type, key: "b", value: 1 }]),
        other.commit([checkOf(type, "b", b!), { type, key: "a", value: 1 }]),
      ]);
      const values = await valuesOf(adapter, type);
      assert(values.includes(0) && values.includes(1), `one of them has written: ${values}`);
      const failed = outcomes.flatMap((outcome) => outcome.status === "rejected" ? [outcome] : []);
      assertEqual(failed.map(({ reason }) => reason.name), ["ConflictError"], "the other's error");
    }
  },
};

function checkOf(type: string, key: string, ifVersion: Version | null): CheckWrite {
  return { type, key, ifVersion, check: true };
}

async function valuesOf(adapter: Adapter, type: string): Promise<unknown[]> {
  return (await listValues(adapter, type)).map(([, value]) => value);
}
