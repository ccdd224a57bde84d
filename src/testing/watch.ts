import { assert, assertEqual, assertRejects } from "./assert.ts";
import { type CaseGroup, deaf } from "./case.ts";
import { listen } from "./listen.ts";

/** Hearing of changes. */
export const watch: CaseGroup = {
  "an adapter without watch does not promise it": async ({ adapter }) => {
    if (adapter.watch) return "this adapter has watch";
    assert(!adapter.capabilities.watch, "capabilities.watch is false");
  },

  "a listener that is not a function is refused at once": async ({ adapter, type }) => {
    if (!adapter.watch) return deaf;
    for (const listener of [undefined, 5, {}]) {
      const watching = new Promise((resolve) => {
        resolve(adapter.watch!(type, listener as unknown as () => void));
      });
      await assertRejects(watching, "TypeError", `watching with ${listener}`);
    }
  },

  "a watcher hears the keys that commits write and delete": async ({ adapter, type }) => {
    if (!adapter.watch) return deaf;
    const heard = listen(adapter, type);
    await adapter.commit([{ type, key: 1, value: 1 }, { type, key: "a", value: 1 }]);
    await heard.until([1, "a"]);
    await adapter.commit([{ type, key: "b", value: 1 }]);
    await heard.until(["b"]);
    await adapter.commit([{ type, key: "a", delete: true }]);
    await heard.until(["a"]);
    heard.stop();
  },

  "a watcher hears the keys that clear removes": async ({ adapter, type }) => {
    if (!adapter.watch) return deaf;
    await adapter.commit([{ type, key: 1, value: 1 }, { type, key: 2, value: 1 }]);
    const heard = listen(adapter, type);
    await adapter.clear(type);
    await heard.until([1, 2]);
    heard.stop();
  },

  "a watcher hears nothing of other types, and nothing after it has stopped": async (context) => {
    const { adapter, type } = context;
    if (!adapter.watch) return deaf;
    const stopped = listen(adapter, type);
    stopped.stop();
    const heard = listen(adapter, type);
    await adapter.commit([{ type: `${type} other`, key: "other", value: 1 }]);
    await adapter.commit([{ type, key: "mine", value: 1 }]);
    await heard.until(["mine"]);
    assertEqual(heard.keys.includes("other"), false, "hearing of another type");
    assertEqual(stopped.keys, [], "what was heard after stopping");
    heard.stop();
  },

  "every watcher of a type hears of a change, even after another has stopped": async (
    { adapter, type },
  ) => {
    if (!adapter.watch) return deaf;
    const [first, second] = [listen(adapter, type), listen(adapter, type)];
    await adapter.commit([{ type, key: "a", value: 1 }]);
    await Promise.all([first.until(["a"]), second.until(["a"])]);
    first.stop();
    await adapter.commit([{ type, key: "b", value: 1 }]);
    await second.until(["b"]);
    assertEqual(first.keys, ["a"], "what the first one heard");
    second.stop();
  },

  "a watcher hears nothing of a commit that was refused": async ({ adapter, type }) => {
    if (!adapter.watch) return deaf;
    const heard = listen(adapter, type);
    const refused = [{ type, key: "refused", value: 1 }, { type, key: "f", value: () => {} }];
    await assertRejects(adapter.commit(refused), "TypeError", "the commit");
    await adapter.commit([{ type, key: "kept", value: 1 }]);
    await heard.until(["kept"]);
    assertEqual(heard.keys, ["kept"], "the keys");
    heard.stop();
  },
};
