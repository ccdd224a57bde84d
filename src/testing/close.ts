import type { Adapter } from "../persistence/adapter/adapter.ts";
import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, deaf, listAll } from "./case.ts";

/** The end of an adapter. */
export const close: CaseGroup = {
  "after close every call is refused and says that the adapter is closed": async (
    { open, type },
  ) => {
    const adapter = await open();
    await adapter.commit([{ type, key: "a", value: 1 }]);
    await adapter.close();
    await expectRefusals(adapter, type);
  },

  "calls are refused as soon as close was called": async ({ open, type }) => {
    const adapter = await open();
    await adapter.commit([{ type, key: "a", value: 1 }]);
    const closing = adapter.close();
    await expectRefusals(adapter, type);
    await closing;
  },

  "after close watch is refused and says that the adapter is closed": async ({ open, type }) => {
    const adapter = await open();
    if (!adapter.watch) return deaf;
    await adapter.close();
    await expectClosed("watch", () => adapter.watch!(type, () => {}));
  },

  "an adapter can be closed again, and twice at once": async ({ open }) => {
    const adapter = await open();
    assertEqual(
      await Promise.all([adapter.close(), adapter.close()]),
      [undefined, undefined],
      "both",
    );
    assertEqual(await adapter.close(), undefined, "the third close");
  },

  "close waits for no reader of a list, whose next read is refused instead of ending the list":
    async (
      context,
    ) => {
      const { open, type } = context;
      const adapter = await open();
      await adapter.commit([1, 2, 3].map((key) => ({ type, key, value: key })));
      const list = adapter.list(type)[Symbol.asyncIterator]();
      assertEqual((await list.next()).value?.key, 1, "the first key");
      await adapter.close();
      await expectClosed("the next entry", () => list.next());
    },
};

async function expectRefusals(adapter: Adapter, type: string): Promise<void> {
  const { pages, count } = adapter;
  const calls: Record<string, (() => unknown) | undefined> = {
    get: () => adapter.get(type, "a"),
    list: () => listAll(adapter, type),
    pages: pages && (() => pages.call(adapter, type)[Symbol.asyncIterator]().next()),
    count: count && (() => count.call(adapter, type)),
    commit: () => adapter.commit([{ type, key: "a", value: 1 }]),
    clear: () => adapter.clear(type),
    load: () => adapter.load(type, "a"),
    persist: () => adapter.persist(type, "a", {}, {}),
  };
  for (const [name, call] of Object.entries(calls)) if (call) await expectClosed(name, call);
}

async function expectClosed(name: string, call: () => unknown): Promise<void> {
  // An error that is thrown at once rejects here, too.
  const error = await assertRejects((async () => await call())(), "Error", name);
  assert(error.message.includes("closed"), `${name} says that the adapter is closed`);
}
