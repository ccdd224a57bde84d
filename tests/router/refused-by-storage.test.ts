import { DatabaseSync } from "node:sqlite";
import { expect, test, vi } from "vitest";
import { type Adapter, MemoryStore } from "../../mod.ts";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { HandClock } from "../support/clock.ts";
import { counterMessage } from "../support/counter.ts";
import { app, post, user } from "./support.ts";

/** A store on a database in which another tool lets no two users have one name. */
async function named(): Promise<Adapter> {
  const database = new DatabaseSync(":memory:");
  const store = new SqliteStore(database);
  await store.commit([{ type: "User", key: "ada", value: { name: "Ada" } }]);
  database.exec(`create unique index secret_index on "User" (data ->> '$.name')`);
  return store;
}

test("a value that a unique index refuses is a 409 with its field, alone, in an array and in a form", async () => {
  const onError = vi.fn();
  const routes = app({ store: await named(), onError });
  await post(routes, { ...user, event: "mount" });
  const message = { ...user, event: "rename", payload: { name: "Ada" }, eventId: "e1" };
  const alone = await post(routes, message);
  const [inArray] = await (await post(routes, [message])).json();
  const form = await routes.request(
    "http://rian.test/nasc/event?type=User&instance=me&event=rename",
    { method: "POST", body: new URLSearchParams({ name: "Ada" }) },
  );
  const problems = [await alone.json(), inArray, await form.json()];
  for (const problem of problems) {
    expect(problem).toMatchObject({
      type: "about:blank",
      title: "Conflict",
      status: 409,
      detail: "This is already taken",
      code: "constraint",
      fields: { name: "This is already taken" },
      patches: [{ action: "error", code: "constraint" }],
    });
  }
  expect([alone.status, form.status, alone.headers.get("retry-after")]).toEqual([409, 409, null]);
  expect(JSON.stringify(problems)).not.toMatch(/secret_index|UNIQUE|Ada/);
  expect(onError).not.toHaveBeenCalled();
  const accepted = await post(routes, { ...message, payload: { name: "Bob" }, eventId: "e2" });
  expect(await accepted.json()).toMatchObject({ ok: true, rev: 2 });
});

test("a storage that cannot be read is a 503 that says when to come back, and no word of why", async () => {
  const store = new MemoryStore();
  const routes = app({ store });
  // In another process, so that this one has to read it.
  await post(app({ store }), counterMessage({ event: "mount" }));
  vi.spyOn(store, "get").mockRejectedValue(new Error("no route to 10.0.0.9"));
  const response = await post(routes, counterMessage({ eventId: "e1" }));
  expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(await response.text()).not.toContain("10.0.0.9");
  const stream = await routes.request("http://rian.test/nasc/stream?scope=Counter:visits");
  expect(stream.status).toBe(503);
});

test("a storage that never answers is a 503 after storageTimeout", async () => {
  const store = new MemoryStore();
  const clock = new HandClock();
  const routes = app({ store, clock, storageTimeout: 1_000 });
  vi.spyOn(store, "get").mockReturnValue(new Promise(() => {}));
  const response = post(routes, counterMessage({ event: "mount" }));
  await vi.waitFor(() => expect(clock.waiting).toBeGreaterThan(0));
  clock.ring();
  expect((await response).status).toBe(503);
});
