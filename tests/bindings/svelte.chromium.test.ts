import { flushSync, mount, unmount } from "svelte";
import { derived, fromStore, get, type Readable } from "svelte/store";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { liveQuery } from "../../src/store/mod.ts";
import { chat, container, fragile, transcript } from "./support.ts";
import { component } from "./svelte-component.ts";
// @ts-expect-error -- it has no types, as only compiled components import it
import * as runtime from "svelte/internal/client";

let element: HTMLElement;
let mounted: Record<string, unknown> | undefined;

beforeEach(() => element = container());

afterEach(async () => {
  if (mounted !== undefined) await unmount(mounted);
  mounted = undefined;
  element.remove();
});

function show(source: string, props: Record<string, unknown>): void {
  mounted = mount(component(source, "client", runtime), { target: element, props });
  flushSync();
}

async function leave(): Promise<void> {
  await unmount(mounted!);
  mounted = undefined;
}

const shown = `
  <script>let { query, onRender = (result) => result } = $props();</script>
  <p>{onRender($query)}</p>`;

describe("a live query in Svelte", () => {
  test("is a store to svelte/store", () => {
    const db = chat();
    const query: Readable<number> = liveQuery(() => db.messages.count());
    expect(get(query)).toBe(3);
    const doubled = derived(query, (count) => count * 2);
    const told: number[] = [];
    const unsubscribe = doubled.subscribe((count) => told.push(count));
    db.messages.delete(1);
    unsubscribe();
    db.messages.delete(2);
    expect(told).toEqual([6, 4]);
    expect(fromStore(query).current).toBe(1);
  });

  test("updates only the text whose result changed", () => {
    const db = chat();
    const [general, random] = ["general", "random"].map((channelId) => ({
      query: liveQuery(() => transcript(db, channelId)),
      onRender: vi.fn((text: string) => text),
    }));
    show(
      `<script>let { general, random } = $props();
        const [first, second] = [general.query, random.query];
      </script>{general.onRender($first)}<p>{random.onRender($second)}</p>`,
      { general, random },
    );
    expect(element.textContent).toBe("hello, welcomea cat");
    general!.onRender.mockClear();
    random!.onRender.mockClear();
    db.messages.update(2, { text: "two cats" });
    flushSync();
    expect(element.textContent).toBe("hello, welcometwo cats");
    expect(random!.onRender).toHaveBeenCalledTimes(1);
    expect(general!.onRender).not.toHaveBeenCalled();
  });

  test("updates nothing when its callback runs and finds the same documents", () => {
    const db = chat();
    const callback = vi.fn(() => db.messages.toArray().filter(({ id }) => id !== 2));
    const onRender = vi.fn((messages: unknown[]) => messages.length);
    show(shown, { query: liveQuery(callback), onRender });
    callback.mockClear();
    onRender.mockClear();
    db.messages.delete(2);
    flushSync();
    expect(callback).toHaveBeenCalledTimes(1);
    expect(onRender).not.toHaveBeenCalled();
    expect(element.textContent).toBe("2");
  });

  test("stops following the store when the component unmounts, and can mount again", async () => {
    const db = chat();
    const callback = vi.fn(() => db.messages.count());
    const query = liveQuery(callback);
    for (let round = 0; round < 3; round++) {
      show(shown, { query });
      await leave();
    }
    callback.mockClear();
    db.messages.delete(1);
    expect(callback).not.toHaveBeenCalled();
    show(shown, { query });
    expect(element.textContent).toBe("2");
  });

  test("is replaced when what it is derived from changes, and the old one is forgotten", () => {
    const db = chat();
    const run = vi.fn((channelId: string) => transcript(db, channelId));
    const messagesOf = (channelId: string) => liveQuery(() => run(channelId));
    show(
      `<script>
        let { messagesOf } = $props();
        let channelId = $state("general");
        const messages = $derived(messagesOf(channelId));
      </script>
      <button onclick={() => channelId = "random"}>{$messages}</button>`,
      { messagesOf },
    );
    expect(element.textContent).toBe("hello, welcome");
    element.querySelector("button")!.click();
    flushSync();
    expect(element.textContent).toBe("a cat");
    run.mockClear();
    db.messages.update(1, { text: "bye" });
    expect(run).not.toHaveBeenCalled();
    db.messages.update(2, { text: "two cats" });
    flushSync();
    expect(element.textContent).toBe("two cats");
  });

  test("shows readers of several queries one state of the store", () => {
    const db = chat();
    const seen: string[] = [];
    show(
      `<script>
        let { count, keys, note } = $props();
        $effect(() => note($count + "=" + $keys.length));
      </script>`,
      {
        count: liveQuery(() => db.messages.count()),
        keys: liveQuery(() => db.messages.keys()),
        note: (pair: string) => seen.push(pair),
      },
    );
    db.messages.delete(3);
    flushSync();
    expect(seen).toEqual(["3=3", "2=2"]);
  });

  test("passes what its first run throws to the boundary around the component, and recovers", () => {
    const db = chat();
    db.messages.update(1, { text: "fail" });
    show(
      `<script>let { query, Shown } = $props();</script>
      <svelte:boundary>
        <Shown {query} />
        {#snippet failed(error, reset)}<button onclick={reset}>{error.message}</button>{/snippet}
      </svelte:boundary>`,
      { query: liveQuery(fragile(db)), Shown: component(shown, "client", runtime) },
    );
    expect(element.textContent).toBe("the query failed");
    db.messages.update(1, { text: "good" });
    element.querySelector("button")!.click();
    flushSync();
    expect(element.textContent).toBe("good");
  });

  test("passes what a later run throws to the store's onError, and shows the last result until it recovers", () => {
    const onError = vi.fn();
    const db = chat({ onError });
    show(shown, { query: liveQuery(fragile(db)) });
    db.messages.update(1, { text: "fail" });
    flushSync();
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(["the query failed"]);
    expect(element.textContent).toBe("hello");
    db.messages.update(1, { text: "good" });
    flushSync();
    expect(element.textContent).toBe("good");
  });
});
