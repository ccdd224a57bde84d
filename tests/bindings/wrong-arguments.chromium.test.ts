import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot as createReactRoot } from "react-dom/client";
import { createRoot } from "solid-js";
import { describe, expect, test } from "vitest";
import { effectScope } from "vue";
import { useLiveQuery as useInReact } from "../../src/bindings/react.ts";
import { createLiveQuery } from "../../src/bindings/solid.ts";
import { useLiveQuery as useInVue } from "../../src/bindings/vue.ts";
import { chat, container } from "./support.ts";

// deno-lint-ignore no-explicit-any -- what is wrong here is for the binding to refuse, not for the compiler
type Anything = any;

/** Passes arguments to each binding, in the framework, and returns what that throws. */
const callers: Record<string, (callback: Anything, dependencies?: Anything) => unknown> = {
  React(callback, dependencies) {
    let thrown: unknown;
    const element = container();
    const root = createReactRoot(element, { onUncaughtError: (error) => thrown = error });
    const Shown = () => createElement("p", null, String(useInReact(callback, dependencies)));
    flushSync(() => root.render(createElement(Shown)));
    root.unmount();
    element.remove();
    return thrown;
  },
  Solid: (callback) => errorOf(() => createRoot(() => createLiveQuery(callback)())),
  Vue: (callback) => errorOf(() => effectScope().run(() => useInVue(callback))?.value),
};

function errorOf(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(Object.entries(callers))("%s", (_, call) => {
  const db = chat();

  test("runs a callback that is one, so what follows fails for its own reason", () => {
    expect(call(() => db.messages.count())).toBeUndefined();
  });

  test("refuses what is no callback, and says what to pass", () => {
    for (
      const wrong of [undefined, null, 5, "messages", db.messages, db.messages.limit(1), [], {}]
    ) {
      expect(call(wrong)).toEqual(
        new TypeError(
          "Cannot use a live query: callback is not a function; pass one, such as () => db.todos.toArray()",
        ),
      );
    }
  });

  test("refuses an asynchronous callback", () => {
    // deno-lint-ignore require-await -- what is wrong with it
    expect(call(async () => db.messages.count())).toEqual(
      new TypeError("Cannot run a live query: its callback is asynchronous; read without await"),
    );
  });
});

test("React refuses dependencies that are neither a list nor those of Ramify's hook", () => {
  const { messages } = chat();
  const wrong = [
    null,
    5,
    "general",
    {},
    { collections: [messages] },
    { others: [] },
    { collections: messages, others: [] },
    { collections: [messages], others: "general" },
    { collections: [messages], others: [], collection: messages },
    new Set(),
  ];
  for (const dependencies of wrong) {
    expect(callers.React!(() => messages.count(), dependencies), String(dependencies)).toEqual(
      new TypeError(
        "Cannot use a live query: dependencies is not a list; pass one, such as [channelId]",
      ),
    );
  }
});
