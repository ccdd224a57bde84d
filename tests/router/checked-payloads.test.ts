import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineHandler, type ErrorPatch, type Handlers, MemoryStore } from "../../mod.ts";
import { attachNasc, type NascOptions, type Problem } from "../../src/router/mod.ts";
import { libraries } from "../support/schema-libraries.ts";
import { post } from "./support.ts";

const order = { type: "Order", instance: "a", event: "add" };

function serve(handlers: Handlers, options: Partial<NascOptions> = {}) {
  const app = new Hono();
  const store = new MemoryStore();
  const errors: unknown[] = [];
  const { processMessage } = attachNasc({
    app,
    handlers,
    store,
    authorize: "everyone",
    hosts: "any",
    onError: (error) => errors.push(error),
    ...options,
  });
  return { app, store, errors, processMessage };
}

async function problem(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return await response.json() as Problem;
}

describe.for(libraries)("a payload that the schema of %s refuses", ([, schemas]) => {
  const handlers: Handlers = {
    Order: defineHandler()({
      mount: () => ({ titles: [] as string[], total: 0 }),
      schemas: { add: schemas.order, mount: schemas.params },
      add: ({ lines }, { titles, total }) => ({
        titles: [...titles, ...lines.map(({ title }) => title)],
        total: lines.reduce((sum, { amount }) => sum + amount, total),
      }),
    }),
  };

  test("is a 422 that names each field by its path, and stores nothing", async () => {
    const { app, store, errors } = serve(handlers);
    const lines = [{ title: "Tea" }, { title: "", amount: "2" }];
    const response = await post(app, { ...order, payload: { lines }, eventId: "e1" });
    expect(response.status).toBe(422);
    const refused = await problem(response);
    expect(refused).toMatchObject({ code: "invalid", eventId: "e1", status: 422 });
    expect(Object.keys(refused.fields!).sort()).toEqual(["lines.1.amount", "lines.1.title"]);
    expect((refused.patches[0] as ErrorPatch).fields).toEqual(refused.fields);
    expect(await store.load("Order", "a")).toBeNull();
    // It was not run, so its id is free.
    const mended = { ...order, payload: { lines: [{ title: "Tea" }] }, eventId: "e1" };
    expect((await post(app, mended)).status).toBe(200);
    expect(await store.load("Order", "a")).toEqual({ titles: ["Tea"], total: 1 });
    expect(errors).toEqual([]);
  });

  test("is refused alone among several", async () => {
    const { app } = serve(handlers);
    const good = { ...order, payload: { lines: [{ title: "Tea", amount: 2 }] } };
    const response = await post(app, [good, { ...order, payload: [] }, good]);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject([{ ok: true, rev: 1 }, {
      code: "invalid",
      status: 422,
    }, {
      ok: true,
      rev: 2,
    }]);
  });

  test("is not looked at for an instance that mount refuses, nor is there a stream of that", async () => {
    const { app, store } = serve(handlers);
    const elsewhere = await post(app, { ...order, instance: "b", payload: { lines: [] } });
    expect(elsewhere.status).toBe(422);
    expect(Object.keys((await problem(elsewhere)).fields!)).toEqual(["id"]);
    const stream = await app.request("http://rian.test/nasc/stream?scope=Order:b");
    expect([stream.status, (await problem(stream)).code]).toEqual([422, "invalid"]);
    expect(await store.load("Order", "b")).toBeNull();
  });
});

test("a form without script gets what its schema makes of its text", async () => {
  const handlers = {
    Order: defineHandler()({
      mount: () => ({ total: 0 }),
      schemas: { add: z.object({ amount: z.coerce.number().int() }) },
      add: ({ amount }, { total }) => ({ total: total + amount }),
    }),
  };
  const { app, store } = serve(handlers);
  const send = (amount: string) =>
    app.request("http://rian.test/nasc/event?type=Order&instance=a&event=add", {
      method: "POST",
      headers: { origin: "http://rian.test" },
      body: new URLSearchParams({ amount }),
    });
  expect((await send("40")).status).toBe(303);
  const refused = await send("much");
  expect([refused.status, (await problem(refused)).fields]).toEqual([422, {
    amount: expect.any(String),
  }]);
  expect(await store.load("Order", "a")).toEqual({ total: 40 });
});

test("who may not, or sends what there is not, learns nothing of the schema", async () => {
  let checked = 0;
  const schema = z.any().refine(() => ++checked < 0, "secret rule");
  const handlers = {
    Order: defineHandler()({ schemas: { add: schema }, add: () => ({}) }),
  };
  for (
    const [options, message, status] of [
      [{ authorize: () => false }, order, 403],
      [{ limit: () => ({ retryAfter: 1 }) }, order, 429],
      [{ authorize: (_: unknown, { event }: { event: string }) => event !== "create" }, order, 403],
      [{}, { ...order, event: "ad" }, 404],
    ] as const
  ) {
    const { app } = serve(handlers, options as Partial<NascOptions>);
    const response = await post(app, { ...message, payload: {} });
    expect(response.status).toBe(status);
    expect(await response.text()).not.toContain("secret");
  }
  expect(checked).toBe(0);
});

describe("an internal event", () => {
  const handlers = {
    Account: defineHandler()({
      mount: () => ({ n: 0 }),
      credit: (by: number, { n }) => ({ n: n + by }),
      pay: (by: number, { n }) => ({ n: n - by }),
      internal: ["credit"],
    }),
  };
  const credit = { type: "Account", instance: "a", event: "credit", payload: 5 } as const;

  test("is unknown to pages, as one that is not there, and runs for the server", async () => {
    const { app, store, processMessage } = serve(handlers);
    const known = await problem(await post(app, { ...credit, eventId: "e" }));
    const none = await problem(await post(app, { ...credit, event: "credited", eventId: "e" }));
    expect(known).toEqual(JSON.parse(JSON.stringify(none).replaceAll("credited", "credit")));
    expect(known).toMatchObject({ status: 404, code: "unknown-event" });
    expect(await store.load("Account", "a")).toBeNull();
    await processMessage(credit);
    expect(await store.load("Account", "a")).toEqual({ n: 5 });
  });

  test("is unknown to pages also by an id that the server has used", async () => {
    const { app, processMessage } = serve(handlers);
    await processMessage({ ...credit, eventId: "known" });
    expect((await post(app, { ...credit, eventId: "known" })).status).toBe(404);
  });

  test("is in no manifest, nor is what describes a handler", async () => {
    const { app } = serve(handlers);
    const manifest = await app.request("http://rian.test/nasc/manifest");
    expect(await manifest.json()).toEqual({ Account: { events: ["pay"], hasMount: true } });
  });
});
