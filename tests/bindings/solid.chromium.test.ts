import {
  batch,
  createComponent,
  createEffect,
  createRoot,
  createSignal,
  ErrorBoundary,
} from "solid-js";
import type { JSX } from "solid-js";
import { insert, render } from "solid-js/web";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createLiveQuery } from "../../src/bindings/solid.ts";
import { chat, container, fragile, transcript } from "./support.ts";

let element: HTMLElement;
let unmount = () => {};

beforeEach(() => element = container());

afterEach(() => {
  unmount();
  element.remove();
});

/** What a compiled `<p>{text()}</p>` does. */
function paragraph(text: () => unknown): JSX.Element {
  const p = document.createElement("p");
  insert(p, text as () => JSX.Element);
  return p;
}

/** A component that shows a query, and notes each time that its text changes. */
function Shown(props: { query: () => unknown; onRender?: () => void }): JSX.Element {
  const result = createLiveQuery(props.query);
  return paragraph(() => {
    props.onRender?.();
    return result();
  });
}

function mount(component: () => JSX.Element): void {
  unmount = render(component, element);
}

describe("createLiveQuery of Solid", () => {
  test("updates the text whose result has changed, and no other", () => {
    const db = chat();
    const [general, random] = [vi.fn(), vi.fn()];
    mount(() => [
      createComponent(Shown, { query: () => transcript(db, "general"), onRender: general }),
      createComponent(Shown, { query: () => transcript(db, "random"), onRender: random }),
    ]);
    expect(element.textContent).toBe("hello, welcomea cat");
    general.mockClear();
    random.mockClear();
    db.messages.update(2, { text: "two cats" });
    expect(element.textContent).toBe("hello, welcometwo cats");
    expect(random).toHaveBeenCalledTimes(1);
    expect(general).not.toHaveBeenCalled();
  });

  test("tells nobody where the query ran and found the same documents", () => {
    const db = chat();
    const [channelId, setChannelId] = createSignal("general");
    const query = vi.fn(() =>
      db.messages.toArray().filter((message) => message.channelId === channelId().trim())
    );
    const onRender = vi.fn();
    mount(() => createComponent(Shown, { query, onRender }));
    for (const change of [() => db.messages.delete(2), () => setChannelId(" general ")]) {
      query.mockClear();
      onRender.mockClear();
      change();
      expect(query).toHaveBeenCalledTimes(1);
      expect(onRender).not.toHaveBeenCalled();
    }
  });

  test("follows neither the store nor signals once the component is unmounted", () => {
    const db = chat();
    const [channelId, setChannelId] = createSignal("general");
    const query = vi.fn(() => transcript(db, channelId()));
    mount(() => createComponent(Shown, { query }));
    unmount();
    query.mockClear();
    db.messages.clear();
    setChannelId("random");
    expect(query).not.toHaveBeenCalled();
  });

  test("mounts again, as often as one likes", () => {
    const db = chat();
    const query = vi.fn(() => db.messages.has(1));
    const [isShown, setShown] = createSignal(true);
    mount(() => paragraph(() => isShown() && createComponent(Shown, { query })));
    for (let round = 0; round < 3; round++) {
      setShown(false);
      setShown(true);
    }
    query.mockClear();
    db.messages.update(1, { text: "still there" });
    expect(query).toHaveBeenCalledTimes(1);
  });

  test("asks again when a prop changes, and forgets what it asked before", () => {
    const db = chat();
    const query = vi.fn((channelId: string) => transcript(db, channelId));
    const [channelId, setChannelId] = createSignal("general");
    const Channel = (props: { channelId: string }) =>
      paragraph(createLiveQuery(() => query(props.channelId)));
    mount(() =>
      createComponent(Channel, {
        get channelId() {
          return channelId();
        },
      })
    );
    setChannelId("random");
    expect(element.textContent).toBe("a cat");
    query.mockClear();
    db.messages.update(1, { text: "bye" });
    expect(query).not.toHaveBeenCalled();
    db.messages.update(2, { text: "two cats" });
    expect(element.textContent).toBe("two cats");
  });

  test("follows signals that only a later run reads", () => {
    const db = chat();
    const [channelId, setChannelId] = createSignal("general");
    const query = () => db.messages.has(1) ? "wait" : transcript(db, channelId());
    mount(() => createComponent(Shown, { query }));
    db.messages.delete(1);
    setChannelId("random");
    expect(element.textContent).toBe("a cat");
  });

  test("does not make an effect that writes to the store follow the signals of the query", () => {
    const db = chat();
    const [channelId, setChannelId] = createSignal("general");
    const [text, setText] = createSignal("hello");
    const write = vi.fn(() => void db.messages.update(1, { text: text() }));
    const dispose = createRoot((dispose) => {
      createLiveQuery(() => transcript(db, channelId()));
      createEffect(write);
      return dispose;
    });
    setText("hello again");
    write.mockClear();
    setChannelId("random");
    db.messages.update(3, { text: "bye" });
    expect(write).not.toHaveBeenCalled();
    dispose();
  });

  test("shows one state of the store to whoever reads several queries", () => {
    const db = chat();
    const [factor, setFactor] = createSignal(1);
    const seen: string[] = [];
    const dispose = createRoot((dispose) => {
      const count = createLiveQuery(() => db.messages.count() * factor());
      const keys = createLiveQuery(() => db.messages.keys());
      createEffect(() => void seen.push(`${count()}=${keys().length}*${factor()}`));
      return dispose;
    });
    db.messages.delete(3);
    setFactor(2);
    batch(() => {
      db.messages.delete(2);
      setFactor(3);
    });
    expect([...new Set(seen)]).toEqual(["3=3*1", "2=2*1", "4=2*2", "3=1*3"]);
    dispose();
  });

  test("hands what a query throws to the error boundary, at first and later, and recovers", () => {
    const db = chat();
    let reset = () => {};
    mount(() =>
      createComponent(ErrorBoundary, {
        fallback: (error: Error, again) => {
          reset = again;
          return error.message;
        },
        get children() {
          return createComponent(Shown, { query: fragile(db) });
        },
      })
    );
    expect(element.textContent).toBe("hello");
    for (const text of ["better", "good"]) {
      db.messages.update(1, { text: "fail" });
      expect(element.textContent).toBe("the query failed");
      reset();
      expect(element.textContent).toBe("the query failed");
      db.messages.update(1, { text });
      reset();
      expect(element.textContent).toBe(text);
    }
  });
});
