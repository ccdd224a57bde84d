import type { Key } from "../adapter.ts";
import { assert, assertEqual } from "./assert.ts";
import type { CaseContext, CaseGroup } from "./case.ts";

/** Hearing of changes. */
export const watch: CaseGroup = {
  "a watcher hears the keys that commits write and delete": async (context) => {
    if (await cannotWatch(context)) return;
    const { adapter, type } = context;
    const heard = listen(context);
    await adapter.commit([{ type, key: 1, value: 1 }, { type, key: "a", value: 1 }]);
    await heard.until([1, "a"]);
    await adapter.commit([{ type, key: "b", value: 1 }]);
    await heard.until(["b"]);
    await adapter.commit([{ type, key: "a", delete: true }]);
    await heard.until(["a"]);
    heard.stop();
  },

  "a watcher hears the keys that clear removes": async (context) => {
    if (await cannotWatch(context)) return;
    const { adapter, type } = context;
    await adapter.commit([{ type, key: 1, value: 1 }, { type, key: 2, value: 1 }]);
    const heard = listen(context);
    await adapter.clear(type);
    await heard.until([1, 2]);
    heard.stop();
  },

  "a watcher hears nothing of other types, nor after it has stopped": async (context) => {
    if (await cannotWatch(context)) return;
    const { adapter, type } = context;
    const stopped = listen(context);
    stopped.stop();
    const heard = listen(context);
    await adapter.commit([{ type: `${type} other`, key: "other", value: 1 }]);
    await adapter.commit([{ type, key: "mine", value: 1 }]);
    await heard.until(["mine"]);
    assertEqual(heard.keys.includes("other"), false, "hearing of another type");
    assertEqual(stopped.keys, [], "what was heard after stopping");
    heard.stop();
  },

  "every watcher of a type hears, also after another has stopped": async (context) => {
    if (await cannotWatch(context)) return;
    const { adapter, type } = context;
    const [first, second] = [listen(context), listen(context)];
    await adapter.commit([{ type, key: "a", value: 1 }]);
    await Promise.all([first.until(["a"]), second.until(["a"])]);
    first.stop();
    await adapter.commit([{ type, key: "b", value: 1 }]);
    await second.until(["b"]);
    assertEqual(first.keys, ["a"], "what the first one heard");
    second.stop();
  },
};

function listen({ adapter, type }: CaseContext): {
  readonly keys: readonly Key[];
  /** Resolves once these keys were heard since the last call. */
  until(keys: readonly Key[]): Promise<void>;
  stop(): void;
} {
  const keys: Key[] = [];
  let start = 0;
  let wake = () => {};
  const stop = adapter.watch!(type, (changed) => {
    keys.push(...changed);
    wake();
  });
  return {
    keys,
    stop,
    async until(wanted) {
      while (!wanted.every((key) => keys.includes(key, start))) {
        await new Promise<void>((resolve) => wake = resolve);
      }
      start = keys.length;
    },
  };
}

/** Without a way to watch, the right answer is not to offer it. */
async function cannotWatch({ adapter, type }: CaseContext): Promise<boolean> {
  if (adapter.watch) return false;
  assert(!adapter.capabilities.watch, "an adapter without watch does not claim it");
  await adapter.commit([{ type, key: "a", value: 1 }]);
  return true;
}
