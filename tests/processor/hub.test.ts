import { expect, test, vi } from "vitest";
import { createProcessor, MemoryHub, MemoryStore } from "../../mod.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

const source = {};
const a = { type: "Counter", id: "a" };
const change = { kind: "change", ...a, rev: 1 } as const;

test("a hub calls the listeners of one instance in one storage, until they leave", () => {
  const hub = new MemoryHub();
  const [first, second, ...others] = [vi.fn(), vi.fn(), vi.fn(), vi.fn(), vi.fn()];
  const leave = hub.subscribe(source, a, first!);
  hub.subscribe(source, a, second!);
  hub.subscribe(source, { type: "Counter:a", id: "" }, others[0]!);
  hub.subscribe({}, a, others[1]!);
  hub.subscribe("app.sqlite", a, others[2]!);
  hub.publish(source, change);
  leave();
  leave();
  hub.publish(source, change);
  const calls = [first, second, ...others].map((listener) => listener!.mock.calls.length);
  expect(calls).toEqual([1, 2, 0, 0, 0]);
  hub.publish("app.sqlite", change);
  expect(others[2]).toHaveBeenCalledWith(change);
});

test("a listener that joins or leaves while a hub publishes does not disturb the others", () => {
  const hub = new MemoryHub();
  const last = vi.fn();
  const leave = hub.subscribe(source, a, () => {
    leave();
    hub.subscribe(source, a, vi.fn());
  });
  hub.subscribe(source, a, last);
  hub.publish(source, change);
  expect(last).toHaveBeenCalledTimes(1);
});

test.for<[string, () => void]>([
  ["throws", () => {
    throw new Error("the channel is closed");
  }],
  ["rejects", () => Promise.reject(new Error("the channel is closed"))],
])(
  "a hub that %s undoes nothing: the event is committed, and the failure is reported",
  async ([, publish]) => {
    const store = new MemoryStore();
    const onError = vi.fn();
    const broken = { publish, subscribe: () => () => {} };
    const process = createProcessor(counterHandlers, store, { hub: broken, onError });
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
    await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(2));
    expect(onError.mock.calls[0]![0].message).toBe("the channel is closed");
  },
);
