import { ConflictError } from "../persistence/adapter/errors.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, expectConflict, unconditional } from "./case.ts";

/** Conditional writes, by `ifVersion`. */
export const conflicts: CaseGroup = {
  "ifVersion is refused where it would not hold": async ({ adapter, type }) => {
    if (adapter.capabilities.conditional !== "none") return "this backend has conditional writes";
    for (const ifVersion of [null, "version"]) {
      const commit = adapter.commit([{ type, key: "a", value: 1, ifVersion }]);
      await assertRejects(commit, "TypeError", "the conditional commit");
    }
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
  },

  "a write with the version that was read succeeds once": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [first] = await adapter.commit([{ type, key: "a", value: 1 }]);
    const [second] = await adapter.commit([{ type, key: "a", value: 2, ifVersion: first! }]);
    await expectConflict(context, { type, key: "a", value: 3, ifVersion: first! });
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the value");
    await adapter.commit([{ type, key: "a", value: 3, ifVersion: second! }]);
    assertEqual((await adapter.get(type, "a"))?.value, 3, "the value");
  },

  "ifVersion null holds only while there is no entry": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    await adapter.commit([{ type, key: "a", value: 1, ifVersion: null }]);
    await expectConflict(context, { type, key: "a", value: 2, ifVersion: null });
    await adapter.commit([{ type, key: "a", delete: true }]);
    await adapter.commit([{ type, key: "a", value: 3, ifVersion: null }]);
    assertEqual((await adapter.get(type, "a"))?.value, 3, "the value");
  },

  "the version of an entry that was deleted or made anew conflicts": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [version] = await adapter.commit([{ type, key: "a", value: 1 }]);
    await adapter.commit([{ type, key: "a", delete: true }]);
    await expectConflict(context, { type, key: "a", value: 2, ifVersion: version! });
    await adapter.commit([{ type, key: "a", value: 1 }]);
    await expectConflict(context, { type, key: "a", value: 2, ifVersion: version! });
    await adapter.clear(type);
    await expectConflict(context, { type, key: "a", value: 2, ifVersion: version! });
    await expectConflict(context, { type, key: "never", value: 2, ifVersion: "made up" });
  },

  "a delete can be conditional": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [first] = await adapter.commit([{ type, key: "a", value: 1 }]);
    const [second] = await adapter.commit([{ type, key: "a", value: 2 }]);
    await expectConflict(context, { type, key: "a", delete: true, ifVersion: first! });
    await expectConflict(context, { type, key: "a", delete: true, ifVersion: null });
    assertEqual((await adapter.get(type, "a"))?.value, 2, "the value");
    await adapter.commit([{ type, key: "a", delete: true, ifVersion: second! }]);
    assertEqual(await adapter.get(type, "a"), undefined, "the entry");
    await adapter.commit([{ type, key: "a", delete: true, ifVersion: null }]);
  },

  "in one commit a condition sees the writes before it": async (context) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    const [version] = await adapter.commit([{ type, key: "a", value: 1 }]);
    await expectConflict(context, { type, key: "a", value: 2 }, {
      ...{ type, key: "a", value: 3, ifVersion: version! },
    });
    await expectConflict(context, { type, key: "b", value: 2 }, {
      ...{ type, key: "b", value: 3, ifVersion: null },
    });
    await adapter.commit([
      { type, key: "a", delete: true, ifVersion: version! },
      { type, key: "a", value: 4, ifVersion: null },
    ]);
    assertEqual((await adapter.get(type, "a"))?.value, 4, "the value");
  },

  "a ConflictError names the type of the entry that had changed, and no wrong key": async (
    context,
  ) => {
    const { adapter, type } = context;
    if (adapter.capabilities.conditional === "none") return unconditional;
    await adapter.commit([{ type, key: 7, value: 1 }]);
    const commit = adapter.commit([
      { type, key: 6, value: 1, ifVersion: null },
      { type, key: 7, value: 1, ifVersion: null },
    ]);
    const error = await assertRejects(commit, "ConflictError", "the commit");
    assert(error instanceof ConflictError, "it is the ConflictError of rian");
    assertEqual(error.type, type, "the error's type");
    assert(error.key === 7 || error.key === undefined, "the key is right or left out");
  },
};
