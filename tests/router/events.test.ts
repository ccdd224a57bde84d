import { describe, expect, test, vi } from "vitest";
import { MemoryStore } from "../../mod.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { counterMessage } from "../support/counter.ts";
import { app, post, store, user } from "./support.ts";

describe("POST /event", () => {
  test("returns what changed, with the event's id and the revision", async () => {
    const routes = app();
    await post(routes, counterMessage({ event: "mount" }));
    const response = await post(routes, counterMessage({ eventId: "e1" }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ok: true,
      eventId: "e1",
      rev: 2,
      patches: [{
        action: "bindUpdate",
        type: "Counter",
        instance: "visits",
        prop: "count",
        value: 1,
        rev: 2,
      }],
    });
  });

  test("applies a repeated event once, and again after `receiptTtl`", async () => {
    let now = 0;
    const routes = app({
      store: new MemoryStore(),
      clock: { ...systemClock, now: () => now },
      receiptTtl: 1_000,
    });
    const add = async () => (await post(routes, counterMessage({ eventId: "e1" }))).json();
    await post(routes, counterMessage({ event: "mount" }));
    expect(await add()).toMatchObject({ rev: 2 });
    expect(await add()).toMatchObject({ rev: 2 });
    now = 1_001;
    expect(await add()).toMatchObject({ rev: 3 });
  });

  test("runs an array of messages in order and answers each", async () => {
    const messages = [
      counterMessage({ event: "mount" }),
      counterMessage({ event: "unknown" }),
      { type: "__proto__" },
      counterMessage(),
    ];
    const response = await post(app(), messages);
    expect(
      (await response.json()).map((answer: { ok?: boolean; status?: number }) =>
        answer.ok ?? answer.status
      ),
    )
      .toEqual([true, 404, 400, true]);
  });

  test("answers a message without a payload with what its handler misses, as for an empty form", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    for (
      const message of [{ ...user, event: "rename" }, { ...user, event: "rename", payload: {} }]
    ) {
      const response = await post(routes, message);
      expect([response.status, await response.json()]).toMatchObject([422, {
        code: "no-name",
        fields: { name: "missing" },
      }]);
    }
  });

  test("turns types that JSON does not have into ones that a page can show", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const { patches } = await (await post(routes, { ...user, event: "rich" })).json();
    const values = Object.fromEntries(
      patches.map((patch: { prop: string; value: unknown }) => [patch.prop, patch.value]),
    );
    expect(values).toMatchObject({
      at: "1970-01-01T00:00:00.000Z",
      big: "10",
      map: { a: 1 },
      set: [1],
      gone: null,
      name: null,
    });
  });

  test("accepts a form without script and redirects back to its page", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const response = await routes.request(
      "http://rian.test/nasc/event?type=User&instance=me&event=rename",
      {
        method: "POST",
        headers: { "origin": "http://rian.test", "referer": "http://rian.test/profile?tab=1" },
        body: new URLSearchParams({ name: "Ada" }),
      },
    );
    expect([response.status, response.headers.get("location")]).toEqual([
      303,
      "/profile?tab=1",
    ]);
    expect(await store.load("User", "me")).toEqual({ name: "Ada" });
  });

  test("never redirects a form to another site", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const response = await routes.request(
      "http://rian.test/nasc/event?type=User&instance=me&event=rename",
      {
        method: "POST",
        headers: { "referer": "https://evil.test/" },
        body: new URLSearchParams({ name: "Ada" }),
      },
    );
    expect(response.headers.get("location")).toBe("/");
  });

  test("refuses a form with files", async () => {
    const routes = app();
    await post(routes, { ...user, event: "mount" });
    const body = new FormData();
    body.set("name", new File(["x"], "x.txt"));
    const path = "http://rian.test/nasc/event?type=User&instance=me&event=rename";
    const response = await routes.request(path, { method: "POST", body });
    expect([response.status, await store.load("User", "me")]).toEqual([400, { name: "Guest" }]);
  });

  test("finishes an event that has begun, even if nobody waits for the answer", async () => {
    const kept: Promise<unknown>[] = [];
    const context = {
      waitUntil: (work: Promise<unknown>) => kept.push(work),
      passThroughOnException: () => {},
      props: {},
    };
    const request = {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...user, event: "mount" }),
    };
    const response = await app().request("/nasc/event", request, {}, context as never);
    expect(await kept[0]).toMatchObject({ ok: true, rev: 1 });
    expect(response.status).toBe(200);
  });

  test("sends headers against caching, sniffing and framing", async () => {
    const { headers } = await post(app(), { ...user, event: "mount" });
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
  });

  test.for<[string, number, string, object]>([
    ["an unknown event", 404, "unknown-event", { ...user, event: "constructor" }],
    ["an unknown type", 404, "unknown-type", { ...user, type: "toString", event: "mount" }],
    ["a message without an instance", 400, "invalid-message", { type: "User", event: "mount" }],
    ["an error meant for people", 422, "no-name", { ...user, event: "rename", payload: {} }],
    ["a handler that fails", 500, "internal", { ...user, event: "fail" }],
  ])(
    "answers %s with %i, problem details and an error patch",
    async ([, status, code, message]) => {
      const routes = app();
      await post(routes, { ...user, event: "mount" });
      const response = await post(routes, message);
      const problem = await response.json();
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(problem).toMatchObject({
        type: "about:blank",
        status,
        code,
        patches: [{ action: "error", code }],
      });
      expect(JSON.stringify(problem)).not.toMatch(/10\.0\.0\.7|at .*\.ts/);
    },
  );

  test("logs a failure in full, and gives the sender its event id", async () => {
    const onError = vi.fn();
    const routes = app({ onError });
    await post(routes, { ...user, event: "mount" });
    const { eventId } = await (await post(routes, { ...user, event: "fail" })).json();
    expect(onError).toHaveBeenCalledWith(
      expect.objectContaining({ message: "the database at 10.0.0.7 said no" }),
      expect.objectContaining({ eventId }),
    );
  });

  test.for<[string, number, string, Record<string, string>]>([
    ["text/plain", 415, JSON.stringify({ ...user, event: "mount" }), {
      "content-type": "text/plain",
    }],
    ["a body that is not JSON", 400, "not json", {}],
    ["a body of 50 MB", 413, JSON.stringify("x".repeat(50_000_000)), {}],
    [
      "a million keys",
      413,
      `{${Array.from({ length: 1_000_000 }, (_, key) => `"k${key}":1`).join()}}`,
      {},
    ],
    [
      "JSON nested 100,000 deep",
      400,
      `{"type":"User","instance":"me","event":"rename","payload":${"[".repeat(100_000)}${
        "]".repeat(100_000)
      }}`,
      {},
    ],
    ["101 messages", 413, JSON.stringify(Array(101).fill({ ...user, event: "mount" })), {}],
  ])("refuses %s with %i", async ([, status, body, headers]) => {
    const response = await post(app(), body, headers);
    expect(response.status).toBe(status);
    expect((await response.json()).status).toBe(status);
    expect(await store.load("User", "me")).toBeNull();
  });

  test("refuses a body that exceeds the limit while it streams in", async () => {
    const routes = app({ maxBodyBytes: 1000 });
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode(" ".repeat(400)));
      },
    });
    const response = await routes.request("http://rian.test/nasc/event", {
      method: "POST",
      headers: { "content-type": "application/json", "transfer-encoding": "chunked" },
      body,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
  });
});
