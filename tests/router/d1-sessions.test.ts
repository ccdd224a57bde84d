import { type Context, Hono } from "hono";
import { describe, expect, test } from "vitest";
import { createProcessor, type EventReport, MemoryHub, MemoryStore } from "../../mod.ts";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { createNasc } from "../../src/router/mod.ts";
import { counterHandlers, counterMessage, countOf } from "../support/counter.ts";
import { EventStream } from "../support/event-stream.ts";
import { LaggingD1 } from "../support/lagging-d1.ts";
import { Heart } from "./support-stream.ts";
import { post } from "./support.ts";
import { tenants, testTenants } from "./tenants-suite.ts";

const bookmarkHeader = "x-d1-bookmark";

/** Returns an app that reads in sessions, as the documentation shows it, over a replica that lags behind. */
function start(options: { readonly hub?: MemoryHub; readonly database?: LaggingD1 } = {}) {
  const { database = new LaggingD1(), hub = new MemoryHub() } = options;
  const events: EventReport[] = [];
  const stores = new WeakMap<Context, D1Store>();
  function storeOf(context: Context): D1Store {
    const store = stores.get(context) ?? new D1Store(database, {
      session: context.req.header(bookmarkHeader) ??
        (context.req.method === "GET" ? "first-unconstrained" : "first-primary"),
    });
    stores.set(context, store);
    return store;
  }
  const { app: routes } = createNasc({
    handlers: {
      Counter: {
        ...counterHandlers["Counter"]!,
        remove(_, state, context) {
          context!.delete();
          return state;
        },
      },
    },
    store: storeOf,
    hub,
    authorize: "everyone",
    hosts: "any",
    onEvent: (event) => void events.push(event),
  });
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    const { bookmark } = storeOf(context);
    if (bookmark !== undefined) context.header(bookmarkHeader, bookmark);
  });
  app.route("/nasc", routes);

  /** Sends an event, and returns the bookmark of its answer. */
  async function send(parts: Parameters<typeof counterMessage>[0] = {}): Promise<string> {
    const response = await post(app, counterMessage(parts));
    expect(response.status).toBe(200);
    await response.body?.cancel();
    return response.headers.get(bookmarkHeader)!;
  }

  async function open({ have = "", bookmark }: { have?: string; bookmark?: string } = {}) {
    const headers: Record<string, string> = bookmark === undefined
      ? {}
      : { [bookmarkHeader]: bookmark };
    const path = `/nasc/stream?scope=Counter:visits&have=${have}`;
    const page = new EventStream(await app.request(path, { headers }));
    await page.next();
    return page;
  }

  /** Returns what a page is told next: its revision and count, or that the instance is gone. */
  async function told(page: EventStream): Promise<unknown> {
    const { data } = await page.next();
    return data.action === "gone" ? data.code : [data.rev, countOf([data])];
  }
  return { app, database, events, open, send, told };
}

describe("streams in sessions of D1, over a replica that lags behind", () => {
  test("read from the replica", async () => {
    const { database, open, send, told } = start();
    await send({ event: "mount" });
    database.replicate();
    await send();
    database.reads.primary = 0;
    const page = await open();
    expect(await told(page)).toEqual([1, 0]);
    expect(database.reads.primary).toBe(0);
    expect(database.reads.replica).toBeGreaterThan(0);
    await page.close();
  });

  test("tell at once what they hear of, though the replica does not have it yet", async () => {
    const { database, open, send, told } = start();
    await send({ event: "mount" });
    database.replicate();
    const page = await open();
    expect(await told(page)).toEqual([1, 0]);
    await send();
    expect(await told(page)).toEqual([2, 1]);
    await send();
    expect(await told(page)).toEqual([3, 2]);
    await page.close();
  });

  test("tell at once of an instance that was deleted, and of one that was made again", async () => {
    const { database, open, send, told } = start();
    await send({ event: "mount" });
    await send();
    database.replicate();
    const page = await open();
    expect(await told(page)).toEqual([2, 1]);
    await send({ event: "remove" });
    expect(await told(page)).toBe("deleted");
    await send({ event: "mount" });
    expect((await told(page) as number[])[1]).toBe(0);
    await page.close();
  });

  test("do not take back a page that has seen more than the replica", async () => {
    const { database, open, send, told } = start();
    await send({ event: "mount" });
    database.replicate();
    const first = await open();
    expect(await told(first)).toEqual([1, 0]);
    await send();
    const { data } = await first.next();
    await first.close();
    const have = `${data.epoch ?? (await epochOf(database))}.2.-`;
    const again = await open({ have });
    expect(await told(again)).toEqual([2, 1]);
    await again.close();
  });

  test("do not say of an instance that it was deleted before the primary says so", async () => {
    const store = new MemoryStore();
    let lags = false;
    const lagging = Object.assign(Object.create(store) as MemoryStore, {
      commit: store.commit.bind(store),
      get: async (...parameters: Parameters<MemoryStore["get"]>) =>
        lags ? undefined : await store.get(...parameters),
      catchUp: () => void (lags = false),
    });
    const heart = new Heart();
    const options = { handlers: counterHandlers, authorize: "everyone", hosts: "any" } as const;
    const { app } = createNasc({ ...options, store: lagging, clock: heart.clock });
    const page = new EventStream(await app.request("/stream?scope=Counter:visits&have="));
    while ((await page.next()).data.action !== "snapshot");
    lags = true;
    await createProcessor(counterHandlers, store)(counterMessage());
    const told = page.next().then(async function skip({ data }): Promise<unknown> {
      return data.action === "beat" ? await page.next().then(skip) : [data.action, data.rev];
    });
    expect(await heart.beatUntil(told)).toEqual(["snapshot", 2]);
    await store.clear("Counter");
    const gone = page.next().then(async function skip({ data }): Promise<unknown> {
      return data.action === "beat" ? await page.next().then(skip) : data.action;
    });
    expect(await heart.beatUntil(gone)).toBe("gone");
    await page.close();
  });

  test("let people read their own writes by the bookmark of an answer", async () => {
    const { database, open, send, told } = start();
    await send({ event: "mount" });
    database.replicate();
    const bookmark = await send();
    const [own, another] = [await open({ bookmark }), await open()];
    expect(await told(own)).toEqual([2, 1]);
    expect(await told(another)).toEqual([1, 0]);
    await own.close();
    await another.close();
  });
});

/** Returns the epoch of the counter, as it is stored. */
async function epochOf(database: LaggingD1): Promise<string> {
  const entry = await new D1Store(database).get("Counter", "visits");
  return (entry!.metadata as { epoch: string }).epoch;
}

describe("events in sessions of D1, over a replica that lags behind", () => {
  test("of two processes are all applied, each in a few attempts", async () => {
    const database = new LaggingD1();
    const processes = [start({ database }), start({ database })];
    await processes[0]!.send({ event: "mount" });
    database.replicate();
    await Promise.all(
      Array.from({ length: 50 }, (_, index) => processes[index % 2]!.send()),
    );
    expect((await new D1Store(database).get("Counter", "visits"))!.value).toEqual({ count: 50 });
    const attempts = processes.flatMap(({ events }) => events.map((event) => event.attempts));
    expect(Math.max(...attempts)).toBeLessThan(50);
  });

  test("begin again from the primary, whatever their session began with", async () => {
    const database = new LaggingD1();
    const { app, events, send } = start({ database });
    await send({ event: "mount" });
    database.replicate();
    await start({ database }).send();
    const headers = { [bookmarkHeader]: "first-unconstrained" };
    // This process remembers the first revision, and its session reads the same from the replica.
    const response = await post(app, counterMessage(), headers);
    expect([response.status, await response.json()]).toMatchObject([200, { rev: 3 }]);
    expect(events.at(-1)!.attempts).toBeLessThanOrEqual(3);
  });
});

describe("D1Store with a session", () => {
  const session = "first-unconstrained";

  test("has the binding as its source, and a bookmark that moves on", async () => {
    const database = new LaggingD1();
    const store = new D1Store(database, { session });
    expect(store.source).toBe(database);
    expect(store.bookmark).toBeUndefined();
    await store.commit([{ type: "Note", key: 1, value: "a" }]);
    const { bookmark } = store;
    const later = new D1Store(database, { session: bookmark! });
    expect((await later.get("Note", 1))!.value).toBe("a");
    store.catchUp();
    expect(store.bookmark).toBe(bookmark);
    expect(new D1Store(database).bookmark).toBeUndefined();
  });

  test("reads from the primary after it has lost a race", async () => {
    const database = new LaggingD1();
    const [first, second] = [new D1Store(database), new D1Store(database, { session })];
    const [version] = await first.commit([{ type: "Note", key: "a", value: 1 }]);
    database.replicate();
    const ifVersion = (await second.get("Note", "a"))!.version;
    await first.commit([{ type: "Note", key: "a", value: 2, ifVersion: version! }]);
    expect((await second.get("Note", "a"))!.value).toBe(1);
    const write = { type: "Note", key: "a", value: 3, ifVersion };
    await expect(second.commit([write])).rejects.toMatchObject({ name: "ConflictError" });
    expect((await second.get("Note", "a"))!.value).toBe(2);
    // The same where several writes are one transaction.
    const third = new D1Store(database, { session });
    expect((await third.get("Note", "a"))!.value).toBe(1);
    await expect(third.commit([write, { type: "Note", key: "b", value: 1 }])).rejects
      .toMatchObject({ name: "ConflictError" });
    expect((await third.get("Note", "a"))!.value).toBe(2);
  });

  test("sees what is committed by now once it was told to catch up", async () => {
    const database = new LaggingD1();
    const [first, second] = [new D1Store(database), new D1Store(database, { session })];
    await first.commit([{ type: "Note", key: "b", value: 1 }]);
    database.replicate();
    await first.commit([{ type: "Note", key: "a", value: 1 }]);
    expect(await second.get("Note", "a")).toBeUndefined();
    second.catchUp();
    expect((await second.get("Note", "a"))!.value).toBe(1);
    database.replicate();
    // From then on, the replica serves what is as new.
    database.reads.replica = 0;
    expect((await second.get("Note", "a"))!.value).toBe(1);
    expect(database.reads.replica).toBe(1);
  });

  test("reads from the primary where D1 does not know its bookmark, and forgets that", async () => {
    const database = new LaggingD1();
    await new D1Store(database).commit([{ type: "Note", key: "a", value: 1 }]);
    for (const read of ["get", "list"] as const) {
      const store = new D1Store(database, { session: "of a database that was replaced" });
      if (read === "get") expect((await store.get("Note", "a"))!.value).toBe(1);
      else for await (const { value } of store.list("Note")) expect(value).toBe(1);
      expect(store.bookmark).toBe("2");
    }
    const store = new D1Store(database, { session: "of a database that was replaced" });
    // Whether a write has landed is not known.
    await expect(store.commit([{ type: "Note", key: "a", value: 2 }])).rejects.toThrow("bookmark");
    await store.commit([{ type: "Note", key: "a", value: 2 }]);
    expect(store.bookmark).toBe("3");
  });

  test("says what is wrong with a session, and with a binding that has none", () => {
    const { prepare, batch } = { prepare() {}, batch() {} };
    const bare = { prepare, batch } as unknown as LaggingD1;
    expect(() => new D1Store(bare, { session })).toThrow(
      "Cannot use D1: session is for a binding with withSession, and this one has none; pass env.DB " +
        "itself, or leave session out",
    );
    expect(() => new D1Store(new LaggingD1(), { session: 7 as unknown as string })).toThrow(
      "Cannot use D1: session is 7",
    );
  });
});

testTenants("sessions on a D1 database for each tenant, made anew for each request", () => {
  const databases = new Map(tenants.map((tenant) => [tenant, new LaggingD1()]));
  return (tenant) => new D1Store(databases.get(tenant)!, { session: "first-unconstrained" });
});
