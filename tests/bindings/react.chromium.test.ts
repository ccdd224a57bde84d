import { act, Component, createElement, Fragment, type ReactNode, StrictMode } from "react";
import { startTransition, useLayoutEffect, useState, useSyncExternalStore } from "react";
import { createRoot, hydrateRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { useLiveQuery } from "../../src/bindings/react.ts";
import { liveQuery } from "../../src/store/mod.ts";
import { chat, container, fragile, transcript } from "./support.ts";

const page = globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean };
let element: HTMLElement;
let root: Root;

beforeEach(() => {
  page.IS_REACT_ACT_ENVIRONMENT = true;
  element = container();
  root = createRoot(element, { onCaughtError: () => {} });
});

afterEach(() => {
  act(() => root.unmount());
  element.remove();
});

/** Shows a query, and reports each rendering. */
function Shown({ query, onRender }: { query: () => ReactNode; onRender?: () => void }) {
  onRender?.();
  return createElement("p", null, useLiveQuery(query));
}

/** Shows the message of an error thrown inside it. */
class Boundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return createElement(
      "button",
      { onClick: () => this.setState({ error: undefined }) },
      error.message,
    );
  }
}

describe("React's useLiveQuery", () => {
  test("renders only the component whose result changed", () => {
    const db = chat();
    const [general, random] = [vi.fn(), vi.fn()];
    act(() =>
      root.render(createElement(
        Fragment,
        null,
        createElement(Shown, { query: () => transcript(db, "general"), onRender: general }),
        createElement(Shown, { query: () => transcript(db, "random"), onRender: random }),
      ))
    );
    expect(element.textContent).toBe("hello, welcomea cat");
    general.mockClear();
    random.mockClear();
    act(() => void db.messages.update(2, { text: "two cats" }));
    expect(element.textContent).toBe("hello, welcometwo cats");
    expect(random).toHaveBeenCalledTimes(1);
    expect(general).not.toHaveBeenCalled();
  });

  test("does not render again when the query runs and finds the same documents", () => {
    const db = chat();
    const query = vi.fn(() =>
      db.messages.toArray().filter(({ channelId }) => channelId === "general")
    );
    const onRender = vi.fn();
    const List = () => {
      onRender();
      return useLiveQuery(query).map(({ text }) => text).join(", ");
    };
    act(() => root.render(createElement(List)));
    query.mockClear();
    onRender.mockClear();
    act(() => void db.messages.update(2, { text: "two cats" }));
    expect(query).toHaveBeenCalledTimes(1);
    expect(onRender).not.toHaveBeenCalled();
  });

  test("follows nothing once the component is unmounted", () => {
    const db = chat();
    const query = vi.fn(() => db.messages.count());
    act(() => root.render(createElement(Shown, { query })));
    act(() => root.render(null));
    query.mockClear();
    db.messages.clear();
    expect(query).not.toHaveBeenCalled();
  });

  test("works in StrictMode, which mounts twice, and leaves nothing behind", () => {
    const db = chat();
    const query = vi.fn(() => db.messages.count());
    act(() => root.render(createElement(StrictMode, null, createElement(Shown, { query }))));
    query.mockClear();
    act(() => void db.messages.delete(1));
    expect(element.textContent).toBe("2");
    expect(query).toHaveBeenCalledTimes(1);
    act(() => root.render(null));
    query.mockClear();
    db.messages.clear();
    expect(query).not.toHaveBeenCalled();
  });

  test("runs the new query when a dependency changes, and forgets the old one", () => {
    const db = chat();
    const query = vi.fn((channelId: string) => transcript(db, channelId));
    const Channel = ({ channelId }: { channelId: string }) =>
      useLiveQuery(() => query(channelId), [channelId]);
    act(() => root.render(createElement(Channel, { channelId: "general" })));
    act(() => root.render(createElement(Channel, { channelId: "random" })));
    expect(element.textContent).toBe("a cat");
    query.mockClear();
    act(() => void db.messages.update(1, { text: "bye" }));
    expect(query).not.toHaveBeenCalled();
    act(() => void db.messages.update(2, { text: "two cats" }));
    expect(element.textContent).toBe("two cats");
  });

  test("shows one state of the store even when a write interrupts a concurrent rendering", async () => {
    const db = chat();
    const commits: string[] = [];
    const Commits = () => {
      useLayoutEffect(() => void commits.push(element.textContent!));
      return null;
    };
    let hasWritten = false;
    const Write = () => {
      if (!hasWritten) db.messages.update(1, { text: "changed" });
      hasWritten = true;
      return null;
    };
    const query = () => db.messages.get(1)!.text + " ";
    await act(async () =>
      startTransition(() =>
        root.render(createElement(
          Fragment,
          null,
          createElement(Shown, { query }),
          createElement(Write),
          createElement(Shown, { query }),
          createElement(Commits),
        ))
      )
    );
    expect(hasWritten).toBe(true);
    expect(commits.at(-1)).toBe("changed changed ");
    expect(new Set(commits)).toEqual(new Set(["changed changed "]));
  });

  test("shows a parent and its child the same state of the store", () => {
    const db = chat();
    const seen: string[] = [];
    const Child = ({ count }: { count: number }) => {
      const own = useLiveQuery(() => db.messages.keys().length);
      seen.push(`${count}=${own}`);
      return own;
    };
    const Parent = () => createElement(Child, { count: useLiveQuery(() => db.messages.count()) });
    act(() => root.render(createElement(Parent)));
    act(() => void db.messages.delete(3));
    expect(new Set(seen)).toEqual(new Set(["3=3", "2=2"]));
  });

  test("passes what the query throws, in the first run or later, to the error boundary, and recovers", () => {
    const db = chat();
    act(() =>
      root.render(createElement(Boundary, null, createElement(Shown, { query: fragile(db) })))
    );
    expect(element.textContent).toBe("hello");
    for (const text of ["better", "good"]) {
      act(() => void db.messages.update(1, { text: "fail" }));
      expect(element.textContent).toBe("the query failed");
      act(() => element.querySelector("button")!.click());
      expect(element.textContent).toBe("the query failed");
      act(() => void db.messages.update(1, { text }));
      act(() => element.querySelector("button")!.click());
      expect(element.textContent).toBe(text);
    }
  });

  test("hydrates what a server rendered from the same documents, and then follows the store", async () => {
    const app = (db: ReturnType<typeof chat>) =>
      createElement(Shown, { query: () => transcript(db, "general") });
    const element = container();
    element.innerHTML = renderToString(app(chat()));
    const paragraph = element.querySelector("p")!;
    const onRecoverableError = vi.fn();
    const db = chat();
    let hydrated: Root | undefined;
    await act(async () => void (hydrated = hydrateRoot(element, app(db), { onRecoverableError })));
    expect(onRecoverableError).not.toHaveBeenCalled();
    act(() => void db.messages.delete(1));
    expect(element.querySelector("p")).toBe(paragraph);
    expect(paragraph.textContent).toBe("welcome");
    act(() => hydrated!.unmount());
    element.remove();
  });

  test("keeps its query while the component renders for other reasons", () => {
    const db = chat();
    const query = vi.fn(() => db.messages.count());
    let render = (_: number) => {};
    const Rendered = () => {
      [, render] = useState(0);
      return useLiveQuery(query);
    };
    act(() => root.render(createElement(Rendered)));
    query.mockClear();
    act(() => render(1));
    expect(query).not.toHaveBeenCalled();
  });

  test("takes the dependencies of Ramify's hook, and follows what the callback reads all the same", () => {
    const [db, other] = [chat(), chat()];
    const query = vi.fn((channelId: string) => transcript(db, channelId));
    const Channel = ({ channelId }: { channelId: string }) =>
      useLiveQuery(() => query(channelId), { collections: [other.messages], others: [channelId] });
    act(() => root.render(createElement(Channel, { channelId: "general" })));
    act(() => void db.messages.update(1, { text: "bye" }));
    expect(element.textContent).toBe("bye, welcome");
    query.mockClear();
    act(() => void other.messages.clear());
    expect(query).not.toHaveBeenCalled();
    act(() => root.render(createElement(Channel, { channelId: "random" })));
    expect(element.textContent).toBe("a cat");
  });

  test("reads another collection when the one that is listed is exchanged", () => {
    const [first, second] = [chat(), chat()];
    second.messages.delete(1);
    const Count = ({ messages }: { messages: typeof first.messages }) =>
      useLiveQuery(() => messages.count(), { collections: [messages], others: [] });
    act(() => root.render(createElement(Count, { messages: first.messages })));
    expect(element.textContent).toBe("3");
    act(() => root.render(createElement(Count, { messages: second.messages })));
    expect(element.textContent).toBe("2");
    act(() => void second.messages.clear());
    expect(element.textContent).toBe("0");
  });

  test("is not needed: useSyncExternalStore follows a live query taken apart", () => {
    const db = chat();
    const { subscribe, getSnapshot } = liveQuery(() => transcript(db, "general"));
    const Transcript = () => useSyncExternalStore(subscribe, getSnapshot);
    act(() => root.render(createElement(Transcript)));
    expect(element.textContent).toBe("hello, welcome");
    act(() => void db.messages.delete(1));
    expect(element.textContent).toBe("welcome");
  });
});
