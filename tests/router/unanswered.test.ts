import { expect, test, vi } from "vitest";
import { type Adapter, MemoryStore } from "../../mod.ts";
import { HandClock } from "../support/clock.ts";
import { counterMessage } from "../support/counter.ts";
import { app, post } from "./support.ts";

/** A store that answers no read, and notes which instances were asked for. */
function silentStore(): { store: Adapter; asked: string[] } {
  const store = new MemoryStore();
  const asked: string[] = [];
  store.get = (type, key) => {
    // An event looks for its receipt as well.
    if (type === "Counter") asked.push(String(key));
    return new Promise(() => {});
  };
  return { store, asked };
}

test("an array of messages waits once for a storage that does not answer, and each gets its 503", async () => {
  const { store, asked } = silentStore();
  const clock = new HandClock();
  const messages = ["a", "b", "c"].map((instance) => {
    return { ...counterMessage(), instance, eventId: `event-${instance}` };
  });
  const response = post(app({ store, clock }), [...messages, { type: 5 }]);
  await vi.waitFor(() => expect(asked).toEqual(["a"]));
  clock.ring();
  const answers = await (await response).json();
  expect(asked).toEqual(["a"]);
  expect(answers).toMatchObject([
    { status: 503, code: "unavailable", eventId: "event-a" },
    { status: 503, code: "unavailable", eventId: "event-b" },
    { status: 503, code: "unavailable", eventId: "event-c" },
    { status: 400, code: "invalid-message" },
  ]);
});

test("a stream of many instances waits once for a storage that does not answer", async () => {
  const { store, asked } = silentStore();
  const clock = new HandClock();
  const ids = Array.from({ length: 40 }, (_, index) => `c${index}`);
  const scopes = ids.map((id) => `scope=Counter:${id}`).join("&");
  const response = app({ store, clock }).request(`/nasc/stream?${scopes}`);
  await vi.waitFor(() => expect(asked).toEqual(ids));
  clock.ring();
  expect(await Promise.resolve(response)).toMatchObject({ status: 503 });
});
