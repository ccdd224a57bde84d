import { expect, test, vi } from "vitest";
import { createProcessor, MemoryHub, MemoryStore } from "../../mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

const change = { type: "Counter", id: "a", rev: 1 };

test("a hub tells the listeners of one instance, until they leave", () => {
  const hub = new MemoryHub();
  const [first, second, other] = [vi.fn(), vi.fn(), vi.fn()];
  const leave = hub.subscribe("Counter", "a", first);
  hub.subscribe("Counter", "a", second);
  hub.subscribe("Counter:a", "", other);
  hub.publish(change);
  leave();
  leave();
  hub.publish(change);
  expect([first, second, other].map((listener) => listener.mock.calls.length)).toEqual([1, 2, 0]);
});

test("a listener that joins or leaves while the hub tells does not disturb the others", () => {
  const hub = new MemoryHub();
  const last = vi.fn();
  const leave = hub.subscribe("Counter", "a", () => {
    leave();
    hub.subscribe("Counter", "a", vi.fn());
  });
  hub.subscribe("Counter", "a", last);
  hub.publish(change);
  expect(last).toHaveBeenCalledTimes(1);
});

test("a hub that fails takes nothing back: the event is committed, and the failure is reported", async () => {
  const store = new MemoryStore();
  const onError = vi.fn();
  const broken = {
    publish: () => {
      throw new Error("the channel is closed");
    },
    subscribe: () => () => {},
  };
  const process = createProcessor(counterHandlers, store, { hub: broken, onError });
  await process(counterMessage({ event: "mount" }));
  expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
  expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  expect(onError.mock.calls[0]![0].message).toBe("the channel is closed");
});
