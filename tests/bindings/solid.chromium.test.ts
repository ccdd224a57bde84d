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

/** Does what a compiled `<p>{text()}</p>` does. */
function paragraph(text: () => unknown): JSX.Element {
  const p = document.createElement("p");
  insert(p, text as () => JSX.Element);
  return p;
}

/** Shows a query, and reports each change of its text. */
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

describe("Solid's createLiveQuery", () => {
  test("updates only the text whose result changed", () => {
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

  test("updates nothing when the query runs and finds the same documents", () => {
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

  test("follows the store again after any number of mounts", () => {
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

  test("runs the new query when a prop changes, and forgets the old one", () => {
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

  test("does not make an effect that writes to the store follow the query's signals", () => {
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

  test("shows readers of several queries one state of the store", () => {
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

  test("passes what the query throws, in the first run or later, to the error boundary, and recovers", () => {
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
