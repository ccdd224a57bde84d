import { Hono } from "hono";
import { expect, test } from "vitest";
import { exportFrom, importTo, type InstanceNamespace, readFrom } from "../../src/edge/mod.ts";
import { attachNasc } from "../../src/router/mod.ts";
import { post } from "../router/support.ts";
import { instantClock } from "../support/clock.ts";
import { counterHandlers } from "../support/counter.ts";

const add = { type: "Counter", instance: "visits", event: "add", payload: 1, protocol: 2 };
const answer = JSON.stringify({ ok: true, eventId: "e", rev: 1, epoch: "x", patches: [] });

/** Returns the beginning of an answer whose object is aborted before it has said the rest. */
function cutOff(): Response {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(answer.slice(0, 10)));
      controller.error(aborted);
    },
  });
  return new Response(body);
}

/** An app over objects of which each answers as these say, one after the other; no real object fails on command. */
function faulty(...answers: (Error | Response)[]) {
  let calls = 0;
  const namespace: InstanceNamespace = {
    idFromName: (name) => name,
    get: () => ({
      fetch() {
        const next = answers[Math.min(calls++, answers.length - 1)]!;
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
    }),
  };
  const app = new Hono();
  attachNasc({
    app,
    handlers: counterHandlers,
    instances: () => namespace,
    authorize: "everyone",
    hosts: "any",
    clock: instantClock,
    onError: () => {},
  });
  return { app, calls: () => calls };
}

const aborted = new Error("the object was reset");
const overloaded = Object.assign(new Error("too many requests"), { overloaded: true });

test("an event with an id is sent again to an object that has failed to answer", async () => {
  const { app, calls } = faulty(aborted, aborted, new Response(answer));
  const response = await post(app, { ...add, eventId: "mine" });
  expect([response.status, calls()]).toEqual([200, 3]);
  expect(await response.text()).toBe(answer);
});

test("an object that is aborted in the middle of its answer has not answered", async () => {
  const { app, calls } = faulty(cutOff(), new Response(answer));
  const response = await post(app, { ...add, eventId: "mine" });
  expect([response.status, await response.text(), calls()]).toEqual([200, answer, 2]);
  const { app: other } = faulty(cutOff(), new Response(answer));
  expect((await post(other, add)).status).toBe(409);
});

test("an event with an id is a 503 where the object goes on failing, and says nothing of why", async () => {
  const { app, calls } = faulty(aborted);
  const response = await post(app, { ...add, eventId: "mine" });
  const text = await response.text();
  expect([response.status, calls()]).toEqual([503, 3]);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(text).not.toContain("reset");
});

test("an event without an id is sent once, and nobody says that it was not saved", async () => {
  const { app, calls } = faulty(aborted, new Response(answer));
  const response = await post(app, add);
  expect([response.status, calls()]).toEqual([409, 1]);
  expect(await response.json()).toMatchObject({ code: "uncertain" });
});

test("an overloaded object is asked once, and its sender comes back later", async () => {
  const { app, calls } = faulty(overloaded, new Response(answer));
  const response = await post(app, { ...add, eventId: "mine" });
  expect([response.status, calls()]).toEqual([503, 1]);
  expect(response.headers.get("retry-after")).toBe("1");
  const stream = await faulty(overloaded).app.request("/nasc/stream?scope=Counter:visits&have=");
  expect(stream.status).toBe(503);
});

test("a class that is none of nascObject is a failure that the log explains", async () => {
  const { app, calls } = faulty(new Response("no", { status: 403 }));
  expect((await post(app, { ...add, eventId: "mine" })).status).toBe(500);
  expect(calls()).toBe(1);
});

test("nothing reaches an object that is no type, no event, or a name that pages do not have", async () => {
  const { app, calls } = faulty(new Response(answer));
  for (const parts of [{ type: "Nothing" }, { event: "nothing" }, { event: "__proto__" }]) {
    expect((await post(app, { ...add, ...parts })).status).toBeGreaterThanOrEqual(400);
  }
  const stream = await app.request("/nasc/stream?scope=Nothing:visits&have=");
  expect(stream.status).toBe(404);
  expect(calls()).toBe(0);
});

test("where instances are has to be said, and once", () => {
  const options = { app: new Hono(), handlers: counterHandlers, authorize: "everyone" as const };
  expect(() => attachNasc({ ...options, instances: () => ({}) as never, store: new Map() }))
    .toThrow("store and instances are both there; pass one of them");
  expect(() => attachNasc({ ...options, instances: {} as never }))
    .toThrow("instances is a value of type Object; pass a function, such as (c) => c.env.NASC");
});

test("a binding that is no namespace is named", async () => {
  const errors: string[] = [];
  const app = new Hono();
  attachNasc({
    app,
    handlers: counterHandlers,
    instances: () => undefined as never,
    authorize: "everyone",
    hosts: "any",
    onError: (error) => void errors.push((error as Error).message),
  });
  expect((await post(app, add)).status).toBe(500);
  expect(errors).toEqual([
    "Cannot run events: instances(context) is undefined; pass the binding of a namespace of Durable Objects, " +
    "such as env.NASC",
  ]);
});

test("what is passed in place of an address, of addresses or of lines is named, with what to pass", async () => {
  const namespace = { idFromName: (name: string) => name, get: () => ({}) as never };
  await expect(readFrom(namespace, undefined as never)).rejects.toThrow(
    "Cannot read from an object: address is undefined; pass { type, id }",
  );
  await expect(importTo(namespace, 5 as never)).rejects.toThrow(
    "Cannot import instances: lines is 5; pass lines, such as those of exportInstances",
  );
  await expect(exportFrom(namespace, undefined as never).next()).rejects.toThrow(
    "Cannot export instances: addresses is undefined; pass a list of { type, id }",
  );
});
