import { act, createElement, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { expect, onTestFinished, test } from "vitest";
import { IndexedDbStore } from "../../adapters/indexed-db.ts";
import { liveQuery, MemoryStore, persist, type Persistence } from "../../mod.ts";
import { todoStore } from "../persistence/collections/support.ts";
import { container } from "./support.ts";

test("React's useSyncExternalStore follows what persist returns, passed on as the docs say", async () => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const { todos } = todoStore();
  const saved = await persist(todos, new IndexedDbStore(indexedDB, { name: "react" }));
  const count = liveQuery(() => todos.count());
  function Label({ saved: { subscribe, getSnapshot } }: { saved: Persistence }) {
    const { status, pending } = useSyncExternalStore(subscribe, getSnapshot);
    const documents = useSyncExternalStore(count.subscribe, count.getSnapshot);
    return createElement("p", null, `${status}, ${pending} of ${documents}`);
  }
  const element = container();
  const root = createRoot(element);
  onTestFinished(() => element.remove());
  act(() => root.render(createElement(Label, { saved })));
  expect(element.textContent).toBe("saved, 0 of 0");
  act(() => void todos.put({ id: 1, title: "a" }));
  expect(element.textContent).toBe("dirty, 1 of 1");
  await act(() => saved.flush());
  expect(element.textContent).toBe("saved, 0 of 1");
  await act(() => saved.close());
  expect(element.textContent).toBe("closed, 0 of 1");
  act(() => root.unmount());
});

test("a listener may be given the flush and the close of what persist returns", async () => {
  const { todos } = todoStore();
  const storage = new MemoryStore();
  const { flush, close } = await persist(todos, storage, { debounce: Infinity });
  const button = document.createElement("button");
  const ended = new Promise((resolve) => button.addEventListener("click", () => resolve(flush())));
  todos.put({ id: 1, title: "a" });
  button.click();
  await ended;
  expect(await storage.count("todos")).toBe(1);
  todos.put({ id: 2, title: "b" });
  await close();
  expect(await storage.count("todos")).toBe(2);
});
