import { describe, expect, test } from "vitest";
import { counterMessage } from "../support/counter.ts";
import { open, send, update } from "./support-stream.ts";
import { app, store } from "./support.ts";

describe("GET /stream", () => {
  test("starts with a snapshot, mounting what does not exist, and continues with what changes", async () => {
    const routes = app();
    const page = await open(routes);
    expect(await page.next()).toEqual({ event: "snapshot", data: update(0, 1) });
    await send(routes, counterMessage({ payload: 2 }));
    expect(await page.next()).toEqual({ event: "message", data: update(2, 2) });
    await page.close();
  });

  test("notifies every viewer of an instance", async () => {
    const routes = app();
    const pages = [await open(routes), await open(routes), await open(routes)];
    for (const page of pages) await page.next();
    await send(routes, counterMessage());
    for (const page of pages) expect((await page.next()).data).toEqual(update(1, 2));
  });

  test("shows several instances separately, and nothing of others", async () => {
    const routes = app();
    const page = await open(routes, "scope=Counter:a&scope=Counter:b&scope=Counter:a");
    expect([(await page.next()).data, (await page.next()).data])
      .toEqual([update(0, 1, "a"), update(0, 1, "b")]);
    await send(routes, counterMessage({ instance: "c", event: "mount" }));
    await send(routes, counterMessage({ instance: "c" }));
    await send(routes, counterMessage({ instance: "b" }));
    expect((await page.next()).data).toEqual(update(1, 2, "b"));
  });

  test("sends a slow viewer many changes as one, up to the last", async () => {
    const routes = app();
    const page = await open(routes);
    await page.next();
    for (let count = 0; count < 50; count++) await send(routes, counterMessage());
    let last = await page.next();
    let told = 1;
    for (; last.data.rev < 51; told++) last = await page.next();
    expect(last.data).toEqual(update(50, 51));
    expect(told).toBeLessThan(50);
  });

  test("shows the scopes that are allowed, and says why others are not", async () => {
    const routes = app({ authorize: (_context, { id }) => id !== "private" });
    const page = await open(routes, "scope=Counter:private&scope=Counter:visits");
    expect((await page.next()).data).toMatchObject({
      instance: "private",
      rev: 0,
      patches: [{ action: "error", code: "forbidden" }],
    });
    expect((await page.next()).data).toEqual(update(0, 1));
    expect(await store.load("Counter", "private")).toBeNull();
    await page.close();
  });

  test("names an instance that has become empty", async () => {
    const note = { type: "Note", instance: "1" };
    const routes = app({ handlers: { Note: { mount: () => ({ text: "x" }), clear: () => ({}) } } });
    await send(routes, { ...note, event: "mount" });
    await send(routes, { ...note, event: "clear" });
    const page = await open(routes, "scope=Note:1");
    expect(await page.next()).toEqual({
      event: "snapshot",
      data: { ...note, rev: 2, patches: [] },
    });
    await page.close();
  });

  test.for<[string, number, string]>([
    ["a request without a scope", 400, ""],
    ["a scope without a type", 400, "scope=visits"],
    ["an unknown type", 404, "scope=constructor:x"],
    ["a line break in a scope", 400, "scope=Counter:a%0Aevent:%20x"],
    ["101 scopes", 400, Array.from({ length: 101 }, (_, id) => `scope=Counter:${id}`).join("&")],
  ])("refuses %s", async ([, status, query]) => {
    const response = await app().request(`/nasc/stream?${query}`);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });
});
