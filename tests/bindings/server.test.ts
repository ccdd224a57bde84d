import { createElement } from "react";
import { renderToString as renderReact } from "react-dom/server";
import { createComponent } from "solid-js";
import { renderToString as renderSolid } from "solid-js/web";
// @ts-expect-error -- it has no types, as only compiled components import it
import * as runtime from "svelte/internal/server";
import { render as renderSvelte } from "svelte/server";
import { describe, expect, test, vi } from "vitest";
import { createSSRApp, ref } from "vue";
import { renderToString as renderVue } from "vue/server-renderer";
import { useLiveQuery as useInReact } from "../../src/bindings/react.ts";
import { createLiveQuery } from "../../src/bindings/solid.ts";
import { useLiveQuery as useInVue } from "../../src/bindings/vue.ts";
import { liveQuery } from "../../src/store/mod.ts";
import { chat, transcript } from "./support.ts";
import { component } from "./svelte-component.ts";

type Query = () => string;

const renderers: Record<string, (query: Query) => string | Promise<string>> = {
  React: (query) => renderReact(createElement(() => useInReact(query))),
  Solid: (query) => renderSolid(() => createComponent(() => createLiveQuery(query)(), {})),
  Svelte: (query) => {
    const Shown = component(
      "<script>let { query } = $props();</script>{$query}",
      "server",
      runtime,
    );
    return renderSvelte(Shown, { props: { query: liveQuery(query) } }).body;
  },
  Vue: (query) => {
    const app = createSSRApp({ setup: () => ({ text: useInVue(query) }), template: "{{ text }}" });
    app.config.warnHandler = () => {};
    return renderVue(app);
  },
};

describe.each(Object.entries(renderers))("%s on a server", (_, render) => {
  test("renders the current result, and follows nothing afterwards", async () => {
    const db = chat();
    const query = vi.fn(() => transcript(db, "general"));
    expect(await render(query)).toContain("hello, welcome");
    db.messages.update(1, { text: "bye" });
    expect(await render(query)).toContain("bye, welcome");
    query.mockClear();
    db.messages.clear();
    expect(query).not.toHaveBeenCalled();
  });

  test("throws what the query throws", async () => {
    async function rendered() {
      return await render(() => {
        throw new Error("the query failed");
      });
    }
    await expect(rendered()).rejects.toThrow("the query failed");
  });
});

test.for(["React", "Solid", "Vue"])("%s refuses a query in place of a function", async (name) => {
  async function rendered() {
    return await renderers[name]!(chat().messages.where({ channelId: "general" }) as never);
  }
  await expect(rendered()).rejects.toThrow(
    new TypeError(
      "Cannot use a live query: callback is not a function; pass one, such as () => db.todos.toArray()",
    ),
  );
});

test("React refuses a dependency that is in no list", () => {
  const Transcript = () => useInReact(() => "", "general" as never);
  expect(() => renderReact(createElement(Transcript))).toThrow(
    new TypeError(
      "Cannot use a live query: dependencies is not a list; pass one, such as [channelId]",
    ),
  );
});

test("Vue on a server renders the value that a ref has when it is read", async () => {
  const db = chat();
  const app = createSSRApp({
    setup() {
      const channelId = ref("general");
      const text = useInVue(() => transcript(db, channelId.value));
      channelId.value = text.value === "" ? "" : "random";
      return { text };
    },
    template: "{{ text }}",
  });
  expect(await renderVue(app)).toBe("a cat");
});
