import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, listAll } from "./case.ts";

/** The end of an adapter. */
export const close: CaseGroup = {
  "calls after close are refused by name": async ({ open, type }) => {
    const adapter = await open();
    await adapter.commit([{ type, key: "a", value: 1 }]);
    await adapter.close();
    const calls: Record<string, () => Promise<unknown>> = {
      get: () => adapter.get(type, "a"),
      list: () => listAll(adapter, type),
      commit: () => adapter.commit([{ type, key: "a", value: 1 }]),
      clear: () => adapter.clear(type),
      load: () => adapter.load(type, "a"),
      persist: () => adapter.persist(type, "a", {}, {}),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await assertRejects(call(), "Error", name);
      assert(error.message.includes("closed"), `${name} says that the adapter is closed`);
    }
  },

  "closing twice is closing once": async ({ open }) => {
    const adapter = await open();
    await adapter.close();
    assertEqual(await adapter.close(), undefined, "the second close");
  },
};
