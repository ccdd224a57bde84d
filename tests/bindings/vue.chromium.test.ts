import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type App, computed, createApp, effectScope, h, nextTick, onErrorCaptured, ref } from "vue";
import { shallowRef, watch, watchEffect } from "vue";
import { useLiveQuery } from "../../src/bindings/vue.ts";
import { chat, container, fragile, transcript } from "./support.ts";

let element: HTMLElement;
let app: App | undefined;

beforeEach(() => element = container());

afterEach(() => {
  app?.unmount();
  app = undefined;
  element.remove();
});

/** Returns a component that shows a query, and reports each rendering. */
function shown(query: () => unknown, onRender = () => {}) {
  return {
    setup() {
      const result = useLiveQuery(query);
      return () => {
        onRender();
        return h("p", String(result.value));
      };
    },
  };
}

function mount(component: object): App {
  app = createApp(component);
  app.mount(element);
  return app;
}

describe("Vue's useLiveQuery", () => {
  test("renders only the component whose result changed", async () => {
    const db = chat();
    const [general, random] = [vi.fn(), vi.fn()];
    const components = [
      shown(() => transcript(db, "general"), general),
      shown(() => transcript(db, "random"), random),
    ];
    mount({ render: () => components.map((component) => h(component)) });
    expect(element.textContent).toBe("hello, welcomea cat");
    general.mockClear();
    random.mockClear();
    db.messages.update(2, { text: "two cats" });
    await nextTick();
    expect(element.textContent).toBe("hello, welcometwo cats");
    expect(random).toHaveBeenCalledTimes(1);
    expect(general).not.toHaveBeenCalled();
  });

  test("does not render again when the query runs and finds the same documents", async () => {
    const db = chat();
    const channelId = ref("general");
    const query = vi.fn(() =>
      db.messages.toArray().filter((message) => message.channelId === channelId.value.trim())
    );
    const onRender = vi.fn();
    mount(shown(query, onRender));
    for (const change of [() => db.messages.delete(2), () => channelId.value = " general "]) {
      query.mockClear();
      onRender.mockClear();
      change();
      await nextTick();
      expect(query).toHaveBeenCalledTimes(1);
      expect(onRender).not.toHaveBeenCalled();
    }
  });

  test("hands out the store's own documents", () => {
    const db = chat();
    effectScope().run(() =>
      expect(useLiveQuery(() => db.messages.get(1)).value).toBe(db.messages.get(1))
    );
  });

  test("follows neither the store nor refs once the component is unmounted", () => {
    const db = chat();
    const channelId = ref("general");
    const query = vi.fn(() => transcript(db, channelId.value));
    mount(shown(query)).unmount();
    app = undefined;
    query.mockClear();
    db.messages.clear();
    channelId.value = "random";
    expect(query).not.toHaveBeenCalled();
  });

  test("runs the new query when a prop changes, and forgets the old one", async () => {
    const db = chat();
    const query = vi.fn((channelId: string) => transcript(db, channelId));
    const Channel = {
      props: { channelId: { type: String, required: true as const } },
      setup(props: { channelId: string }) {
        const result = useLiveQuery(() => query(props.channelId));
        return () => result.value;
      },
    };
    const channelId = ref("general");
    mount({ render: () => h(Channel, { channelId: channelId.value }) });
    channelId.value = "random";
    await nextTick();
    expect(element.textContent).toBe("a cat");
    query.mockClear();
    db.messages.update(1, { text: "bye" });
    expect(query).not.toHaveBeenCalled();
    db.messages.update(2, { text: "two cats" });
    await nextTick();
    expect(element.textContent).toBe("two cats");
  });

  test("follows refs that only a later run reads", async () => {
    const db = chat();
    const channelId = ref("general");
    mount(shown(() => db.messages.has(1) ? "wait" : transcript(db, channelId.value)));
    db.messages.delete(1);
    channelId.value = "random";
    await nextTick();
    expect(element.textContent).toBe("a cat");
  });

  test("does not make an effect that writes to the store follow the query's refs", () => {
    const db = chat();
    const [channelId, text] = [ref("general"), ref("hello")];
    const write = vi.fn(() => void db.messages.update(1, { text: text.value }));
    const scope = effectScope();
    scope.run(() => {
      useLiveQuery(() => transcript(db, channelId.value));
      watchEffect(write, { flush: "sync" });
    });
    text.value = "hello again";
    write.mockClear();
    channelId.value = "random";
    db.messages.update(3, { text: "bye" });
    expect(write).not.toHaveBeenCalled();
    scope.stop();
  });

  test("shows readers of several queries one state of the store", () => {
    const db = chat();
    const seen: string[] = [];
    const scope = effectScope();
    scope.run(() => {
      const [count, keys] = [
        useLiveQuery(() => db.messages.count()),
        useLiveQuery(() => db.messages.keys()),
      ];
      const both = computed(() => `${count.value}=${keys.value.length}`);
      watch(both, (pair) => seen.push(pair), { immediate: true, flush: "sync" });
    });
    db.messages.delete(3);
    expect(seen).toEqual(["3=3", "2=2"]);
    scope.stop();
  });

  test("passes what the query throws, in the first run or later, to onErrorCaptured, and recovers", async () => {
    const db = chat();
    const errors: string[] = [];
    db.messages.update(1, { text: "fail" });
    const Shown = shown(fragile(db));
    mount({
      setup() {
        onErrorCaptured((error) => {
          errors.push(error.message);
          return false;
        });
        return () => h(Shown);
      },
    });
    expect(errors).toEqual(["the query failed"]);
    db.messages.update(1, { text: "good" });
    await nextTick();
    expect(element.textContent).toBe("good");
    db.messages.update(1, { text: "fail" });
    await nextTick();
    expect(errors).toEqual(["the query failed", "the query failed"]);
    db.messages.update(1, { text: "better" });
    await nextTick();
    expect(element.textContent).toBe("better");
  });

  test("throws to every reader, not only the first", () => {
    const db = chat();
    db.messages.update(1, { text: "fail" });
    effectScope().run(() => {
      const result = useLiveQuery(fragile(db));
      for (let reader = 0; reader < 2; reader++) expect(() => result.value).toThrow("failed");
    });
  });

  test("follows the store again after any number of mounts", async () => {
    const db = chat();
    const isShown = shallowRef(true);
    const query = vi.fn(() => db.messages.count());
    const Shown = shown(query);
    mount({ render: () => isShown.value ? h(Shown) : [] });
    for (let round = 0; round < 3; round++) {
      isShown.value = false;
      await nextTick();
      isShown.value = true;
      await nextTick();
    }
    query.mockClear();
    db.messages.delete(1);
    await nextTick();
    expect(query).toHaveBeenCalledTimes(1);
    expect(element.textContent).toBe("2");
  });
});
