import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { hear } from "./hear.ts";
import { turn } from "./manual-network.ts";
import { accepted, mounted, posting } from "./posting.ts";
import { mountAnswer, one, texts } from "./support.ts";

test("events to one instance are sent in order, one at a time, and do not wait for other instances", async () => {
  const { requests, connection } = await mounted();
  connection.send("Counter", "c", "add", { by: 1 });
  connection.send("Counter", "c", "add", { by: 2 });
  connection.send("Counter", "d", "add", { by: 3 });
  await turn();
  expect(requests.map(({ message }) => message.payload)).toEqual([{ by: 1 }, { by: 3 }]);
  await requests[0]!.answer(accepted(2));
  expect(requests.map(({ message }) => message.payload)).toEqual([{ by: 1 }, { by: 3 }, { by: 2 }]);
  expect(one("b").textContent).toBe("2");
});

test("each event has its own id, and all have the page's client id", async () => {
  const { requests, connection } = await mounted();
  connection.send("Counter", "c", "add");
  connection.send("Counter", "d", "add");
  await turn();
  const [first, second] = requests.map(({ message }) => message);
  expect(first!.eventId).toMatch(/^[\da-f]{8}-/);
  expect(first!.eventId).not.toBe(second!.eventId);
  expect(first!.clientId).toBe(second!.clientId);
  expect(first!.rev).toBe(1);
});

test("events have ids on pages loaded over plain HTTP as well", async () => {
  const original = crypto.randomUUID;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    const { requests } = await posting();
    const ids = requests.map(({ message }) => message.eventId!);
    expect(ids[0]).toMatch(/^[\da-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  } finally {
    Object.defineProperty(crypto, "randomUUID", { value: original, configurable: true });
  }
});

test("an event that the network lost is sent again with the same id after growing, jittered pauses", async () => {
  const { requests, clock, connection } = await mounted(0.5);
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    await requests.at(-1)!.fail();
    pauses.push(...clock.delays);
    await clock.fire();
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  await requests.at(-1)!.answer(accepted(2));
  expect(await outcome).toEqual({ ok: true });
  expect(requests).toHaveLength(10);
  expect(new Set(requests.map(({ init }) => init.body)).size).toBe(1);
  expect(one("b").textContent).toBe("2");
  expect(clock.delays).toEqual([]);
});

test("a request that hangs is given up and sent again", async () => {
  const { requests, clock, connection } = await mounted();
  connection.send("Counter", "c", "add");
  await turn();
  expect(clock.delays).toEqual([30_000]);
  await clock.fire();
  await clock.fire(1_000);
  expect(requests).toHaveLength(2);
  expect(requests[1]!.init.body).toBe(requests[0]!.init.body);
});

test("an event is sent again at once when the browser is back online", async () => {
  const { requests, connection } = await mounted();
  connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.fail();
  expect(requests).toHaveLength(1);
  dispatchEvent(new Event("online"));
  await turn();
  expect(requests).toHaveLength(2);
});

test("an event that does not get through says so after two seconds, at its sender, until it does", async () => {
  const { requests, clock } = await mounted();
  const heard = hear("na:unreachable");
  await userEvent.click(one("button"));
  await turn();
  await requests[0]!.fail();
  await clock.pass(1_900);
  expect([requests.length, heard, one("i").textContent]).toEqual([2, [], ""]);
  await clock.pass(200);
  await requests[1]!.fail();
  expect(heard).toEqual(["button unreachable"]);
  expect(one("i").textContent).toBe("Cannot send add: the server does not answer");
  await clock.fire();
  await requests[2]!.answer({ code: "unavailable", detail: "Storage is away" }, { status: 503 });
  expect(heard).toEqual(["button unreachable", "button unavailable"]);
  expect(one("i").textContent).toBe("Storage is away");
  await clock.fire();
  await requests[3]!.answer(accepted(2));
  expect(texts("b, i")).toEqual(["2", ""]);
});

test("a long Retry-After is told at once", async () => {
  const { requests, connection } = await mounted();
  const heard = hear("na:unreachable");
  connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer("", { status: 429, headers: { "retry-after": "20" } });
  expect([heard, one("i").textContent]).toEqual([["p http-429"], "The server answered 429"]);
});

test("events are repeated for five minutes, then refused as the last answer says, all that waited as long", async () => {
  const { requests, clock, connection } = await mounted(0.99);
  const heard = hear("na:refused");
  const outcomes = [1, 2, 3].map((n) => connection.send("Counter", "c", "add", n));
  await turn();
  for (let half = 0; half < 10; half++) {
    await requests.at(-1)!.answer("", { status: 502 });
    await clock.pass(30_000);
  }
  expect(new Set(requests.map(({ message }) => message.payload))).toEqual(new Set([1]));
  await clock.pass(1);
  await requests.at(-1)!.answer("", { status: 502 });
  expect(await outcomes[0]).toMatchObject({ ok: false, error: { code: "http-502" } });
  // The second is as old, and has its one try.
  expect(requests.at(-1)!.message.payload).toBe(2);
  await requests.at(-1)!.fail();
  expect(await outcomes[1]).toMatchObject({ ok: false, error: { code: "unreachable" } });
  expect(heard).toEqual(["p http-502", "p unreachable"]);
  await requests.at(-1)!.answer(accepted(2));
  expect(await outcomes[2]).toEqual({ ok: true });
  expect(clock.delays).toEqual([]);
});

test("a state that cannot be requested says so until it is there", async () => {
  const { requests, clock } = await posting();
  const heard = hear("na:unreachable");
  await requests[0]!.answer("", { status: 503, headers: { "retry-after": "5" } });
  expect([heard, one("i").textContent]).toEqual([["p http-503"], "The server answered 503"]);
  await clock.fire(10_000);
  await requests.at(-1)!.answer(mountAnswer("Counter:c", { n: 1 }, 1));
  expect(texts("b, i")).toEqual(["1", ""]);
});

test("the outbox holds 100 events and visibly refuses the next", async () => {
  const { requests, connection } = await mounted();
  for (let event = 0; event < 100; event++) connection.send("Counter", "c", "add", { event });
  const refused = await connection.send("Counter", "c", "add");
  expect(refused).toMatchObject({ ok: false, error: { code: "outbox-full" } });
  expect(one("i").textContent).toBe(
    "Cannot send add: 100 events are waiting for the connection; try again when it is back",
  );
  for (let event = 0; event < 100; event++) {
    expect(requests[event]!.message.payload).toEqual({ event });
    await requests[event]!.answer(accepted(event + 2));
  }
  expect(requests).toHaveLength(100);
  expect(texts("b, i")).toEqual(["101", ""]);
});

test("closing a connection gives up waiting events and stops listening", async () => {
  const { requests, connection, clock } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.fail();
  connection.close();
  expect(await outcome).toMatchObject({ ok: false, error: { code: "closed" } });
  one("button").click();
  await turn();
  expect(clock.delays).toEqual([]);
  expect(requests).toHaveLength(1);
  expect(one("i").textContent).toBe("");
});

test("an event is sent again as it was, whatever becomes of its payload, or the server would refuse its id", async () => {
  const { requests, clock, connection } = await mounted();
  const payload = { by: 1, tags: ["a"] };
  const outcome = connection.send("Counter", "c", "add", payload);
  const queued = connection.send("Counter", "c", "add", payload);
  payload.by = 2;
  payload.tags.push("b");
  await turn();
  await requests[0]!.fail();
  payload.by = 3;
  await clock.fire();
  expect(requests).toHaveLength(2);
  expect(requests[1]!.init.body).toBe(requests[0]!.init.body);
  expect(requests[1]!.message.payload).toEqual({ by: 1, tags: ["a"] });
  await requests[1]!.answer(accepted(2));
  expect(await outcome).toEqual({ ok: true });
  expect(requests[2]!.message.payload).toEqual({ by: 1, tags: ["a"] });
  await requests[2]!.answer(accepted(3));
  expect(await queued).toEqual({ ok: true });
});

test("an event whose payload is not JSON is refused at once", async () => {
  const { requests, connection } = await mounted();
  const circle: Record<string, unknown> = {};
  circle["circle"] = circle;
  const before = requests.length;
  for (const payload of [circle, { by: 1n }]) {
    expect(await connection.send("Counter", "c", "add", payload)).toMatchObject({
      ok: false,
      error: { code: "invalid-payload", message: "Cannot send add: its payload is not JSON" },
    });
  }
  expect(requests).toHaveLength(before);
});

test("an event whose id belongs to another is refused for good, and the queue goes on", async () => {
  const { requests, connection } = await mounted();
  const refused = connection.send("Counter", "c", "add", { by: 1 });
  const next = connection.send("Counter", "c", "add", { by: 2 });
  await turn();
  const patch = { action: "error", code: "event-id-reused", message: "It belongs to another" };
  await requests[0]!.answer({ code: patch.code, patches: [patch] }, { status: 409 });
  expect(await refused).toMatchObject({ ok: false, error: { code: "event-id-reused" } });
  await requests[1]!.answer(accepted(2));
  expect(await next).toEqual({ ok: true });
  expect(requests).toHaveLength(2);
});
