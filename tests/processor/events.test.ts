import { describe, expect, test, vi } from "vitest";
import {
  createProcessor,
  type Handlers,
  MemoryHub,
  MemoryStore,
  NascError,
  type News,
} from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

describe("an event", () => {
  test("returns what it changed, and the store holds it", async () => {
    const store = new MemoryStore();
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage({ payload: 2 }))).toEqual([
      {
        action: "bindUpdate",
        type: "Counter",
        instance: "visits",
        prop: "count",
        value: 2,
        rev: 2,
      },
    ]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 2 });
  });

  test("that removes a property returns a patch that says so", async () => {
    const handlers = {
      Note: { mount: () => ({ title: "x", draft: true }), publish: () => ({ title: "x" }) },
    };
    const process = createProcessor(handlers, new MemoryStore());
    await process({ type: "Note", instance: "1", event: "mount" });
    expect(await process({ type: "Note", instance: "1", event: "publish" })).toEqual([
      {
        action: "bindUpdate",
        type: "Note",
        instance: "1",
        prop: "draft",
        value: null,
        removed: true,
        rev: 2,
      },
    ]);
  });

  test("that changes nothing writes nothing and notifies nobody", async () => {
    const store = new MemoryStore();
    const hub = new MemoryHub();
    const process = createProcessor(counterHandlers, store, { hub });
    await process(counterMessage({ event: "mount" }));
    const before = await store.get("Counter", "visits");
    const heard = vi.fn();
    hub.subscribe(store, { type: "Counter", id: "visits" }, heard);
    expect(await process(counterMessage({ payload: 0 }))).toEqual([]);
    expect(await store.get("Counter", "visits")).toEqual(before);
    expect(heard).not.toHaveBeenCalled();
  });

  test("on an instance that was never mounted mounts it in the same commit", async () => {
    const store = new MemoryStore();
    const hub = new MemoryHub();
    const process = createProcessor(counterHandlers, store, { hub });
    const heard: News[] = [];
    hub.subscribe(store, { type: "Counter", id: "visits" }, (news) => heard.push(news));
    expect(await process(counterMessage({ payload: 2 }))).toMatchObject([{ value: 2, rev: 1 }]);
    expect(heard).toMatchObject([{ rev: 1, state: { count: 2 } }]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 2 });
  });

  test("that fails on an instance that was never mounted leaves none", async () => {
    const handlers: Handlers = {
      Counter: {
        mount: () => ({ count: 0 }),
        fail: () => Promise.reject(new NascError("no", "No")),
      },
    };
    const store = new MemoryStore();
    const process = createProcessor(handlers, store);
    expect(errorCode(await process(counterMessage({ event: "fail" })))).toBe("no");
    expect(errorCode(await process(counterMessage({ event: "toString" })))).toBe("unknown-event");
    expect(await store.load("Counter", "visits")).toBeNull();
  });

  test("may keep and change the state that it receives", async () => {
    const kept: { count: number }[] = [];
    const handlers: Handlers = {
      Counter: {
        mount: () => ({ count: 1 }),
        mutate(_payload, state) {
          kept.push(state);
          state.count++;
          return state;
        },
      },
    };
    const store = new MemoryStore();
    const process = createProcessor(handlers, store);
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage({ event: "mutate" }))).toMatchObject([{ value: 2 }]);
    kept[0]!.count = 99;
    expect(await process(counterMessage({ event: "mutate" }))).toMatchObject([{ value: 3 }]);
  });

  test("may name its instance as Type:id, as the first Nasc's client does", async () => {
    const process = createProcessor(counterHandlers, new MemoryStore());
    const first = { instance: "Counter:visits" } as { instance: string; type: string };
    await process({ ...first, event: "mount" });
    expect(await process({ ...first, event: "add", payload: 3 })).toMatchObject([{ value: 3 }]);
  });

  test("whose eventId was applied before returns what is so now and runs no handler", async () => {
    const add = vi.fn(counterHandlers.Counter!.add!);
    const store = new MemoryStore();
    const process = createProcessor({ Counter: { ...counterHandlers.Counter, add } }, store);
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ eventId: "once" }));
    const other = await process(counterMessage({ eventId: "other" }));
    expect(await process(counterMessage({ eventId: "once" }))).toEqual(other);
    expect(add).toHaveBeenCalledTimes(2);
    expect(await store.load("Counter", "visits")).toEqual({ count: 2 });
  });

  test("sent to two processors at once with one eventId is applied once", async () => {
    const store = new MemoryStore();
    const [one, two] = [1, 2].map(() => createProcessor(counterHandlers, store));
    await one!(counterMessage({ event: "mount" }));
    const message = counterMessage({ eventId: "double-click" });
    const answers = await Promise.all([one!(message), two!(message)]);
    expect(answers[0]).toEqual(answers[1]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  });
});
