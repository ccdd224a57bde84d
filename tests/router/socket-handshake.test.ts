import { Hono } from "hono";
import { expect, onTestFinished, test, vi } from "vitest";
import { tokenBucket } from "../../src/router/mod.ts";
import type { NascOptions } from "../../src/router/mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { counterHandlers } from "../support/counter.ts";
import { head, RawConnection, type RawResponse } from "../support/raw-connection.ts";
import { serveNode, upgradeWebSocket } from "../support/serve-node.ts";
import { TestSocket } from "../support/test-socket.ts";
import { MemoryStore } from "../../mod.ts";
import { attachNasc } from "../../src/router/mod.ts";

const handshake = {
  "connection": "Upgrade",
  "upgrade": "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

type Asked = Parameters<NonNullable<NascOptions["limit"]>>[1];

/** Serves counters on Node, over sockets. */
async function serve(options: Partial<NascOptions> = {}) {
  const app = new Hono();
  const attached = attachNasc({
    app,
    handlers: counterHandlers,
    store: new MemoryStore(),
    authorize: "everyone",
    hosts: "any",
    upgradeWebSocket,
    ...options,
  });
  const server = await serveNode(app);
  onTestFinished(() => server.close());
  const url = `http://127.0.0.1:${server.port}/nasc/ws`;
  return { ...attached, port: server.port, url };
}

async function shake(
  port: number,
  headers: Record<string, string> = {},
  target = "GET /nasc/ws",
): Promise<RawResponse | undefined> {
  const connection = RawConnection.open(port);
  onTestFinished(() => connection.destroy());
  connection.write(head(target, { ...handshake, ...headers }));
  return await connection.readHead();
}

test("a handshake is refused for another host, from another origin, by user and by limit, in that order", async () => {
  const wrongs: [status: number, headers: Record<string, string>, Partial<NascOptions>][] = [
    [421, { host: "evil.example" }, {}],
    [403, { origin: "http://evil.example" }, {}],
    [401, {}, { user: (context) => context.text("who?", 401) }],
    [429, {}, { limit: () => ({ retryAfter: 5_000 }) }],
  ];
  for (let from = 0; from <= wrongs.length; from++) {
    const left = wrongs.slice(from);
    const options = Object.assign({}, ...left.map(([, , options]) => options));
    const { port } = await serve({ hosts: ["rian.test"], ...options });
    const response = await shake(port, Object.assign({}, ...left.map(([, headers]) => headers)));
    expect(response?.status).toBe(left[0]?.[0] ?? 101);
    if (response?.status === 429) expect(response.headers.get("retry-after")).toBe("5");
  }
});

test("no page of another origin gets a socket, unless the app names that origin", async () => {
  const { port } = await serve({ hosts: ["app.example"], origins: ["https://other.example"] });
  const from = async (headers: Record<string, string>) =>
    (await shake(port, { host: "app.example", ...headers }))?.status;
  expect(await from({ origin: "https://app.example" })).toBe(101);
  expect(await from({ origin: "https://other.example" })).toBe(101);
  expect(await from({ origin: "https://other.example", "sec-fetch-site": "cross-site" })).toBe(101);
  for (
    const origin of [
      "https://evil.example",
      "https://app.example.evil.example",
      "https://other.example:8443",
      "null",
    ]
  ) expect([origin, await from({ origin })]).toEqual([origin, 403]);
  const site = { origin: "https://app.example", "sec-fetch-site": "cross-site" };
  expect(await from(site)).toBe(403);
});

test("a request that asks for no socket is told so, as is one by another method", async () => {
  const { port } = await serve();
  const plain = await fetch(`http://127.0.0.1:${port}/nasc/ws`);
  expect([plain.status, plain.headers.get("upgrade"), (await plain.json()).code])
    .toEqual([426, "websocket", "upgrade-required"]);
  const posted = await fetch(`http://127.0.0.1:${port}/nasc/ws`, { method: "POST" });
  expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
});

test("a stream that is asked for as a socket is refused, and nobody has to end it", async () => {
  const { port } = await serve();
  const response = await shake(port, {}, "GET /nasc/stream?scope=Counter:visits&have=");
  expect(response?.status).toBe(400);
});

test("where the app gives no way to upgrade, the problem says what to pass", async () => {
  const app = new Hono();
  attachNasc({ app, handlers: counterHandlers, store: new MemoryStore(), hosts: "any" });
  const response = await app.request("/nasc/ws", { headers: handshake });
  const { code, detail } = await response.json();
  expect([response.status, code]).toEqual([404, "no-sockets"]);
  expect(detail).toMatch(/upgradeWebSocket of @hono\/node-server or hono\/deno/);
});

test("a limit is asked for the socket and for what each message opens, and says when to come back", async () => {
  const asked: Asked[] = [];
  const bucket = tokenBucket({ rate: 1 / 60, burst: 4, key: () => "all" });
  const { url } = await serve({
    limit(context, demand) {
      asked.push(demand);
      return bucket(context, demand);
    },
  });
  const socket = await TestSocket.open(url);
  expect((await socket.next()).action).toBe("hello");
  socket.say({ open: [{ scope: "Counter:a" }, { scope: "Counter:b" }] });
  // The socket took one, and each instance that it opens and makes takes two.
  const said = [await socket.next(), await socket.next()];
  expect(said.map(({ state }) => state)).toEqual([{ count: 0 }, { count: 0 }]);
  socket.say({ open: [{ scope: "Counter:c" }] });
  expect(await socket.next()).toMatchObject({
    ...{ action: "error", instance: "c", code: "limited", retryAfter: expect.any(Number) },
  });
  socket.say({ send: { protocol: 2, type: "Counter", instance: "a", event: "mount" } });
  expect((await socket.next()).answer)
    .toMatchObject({ status: 429, code: "limited", retryAfter: expect.any(Number) });
  expect(asked.map(({ kind, count, type, id }) => [kind, count, `${type}:${id}`]).slice(0, 2))
    .toEqual([["stream", 1, ":"], ["stream", 2, "Counter:a"]]);
  socket.close();
});

test("a socket follows 100 instances and no more, and says so of those that are too many", async () => {
  const { url } = await serve();
  const socket = await TestSocket.open(url);
  await socket.next();
  const scopes = Array.from({ length: 100 }, (_, at) => ({ scope: `Counter:${at}` }));
  socket.say({ open: scopes });
  for (const _ of scopes) expect((await socket.next()).action).toBe("snapshot");
  socket.say({ open: [{ scope: "Counter:more" }] });
  expect(await socket.next()).toMatchObject({
    ...{ action: "error", instance: "more", code: "invalid-message" },
  });
  socket.say({ close: ["Counter:1"] });
  expect((await socket.next()).action).toBe("closed");
  socket.say({ open: [{ scope: "Counter:more" }] });
  expect(await socket.next()).toMatchObject({ action: "snapshot", instance: "more" });
  socket.close();
});

test("a page that floods a socket is cut off, while events that it waits for are all answered", async () => {
  const gate = Promise.withResolvers<void>();
  const handlers = {
    Counter: {
      mount: () => ({ count: 0 }),
      slow: async (_: unknown, { count }: { count: number }) => {
        await gate.promise;
        return { count: count + 1 };
      },
    },
  };
  const { url } = await serve({ handlers });
  const slow = (instance: number) => ({
    send: { protocol: 2, type: "Counter", instance: `${instance}`, event: "slow" },
  });
  const [patient, flooding] = [await TestSocket.open(url), await TestSocket.open(url)];
  for (let each = 0; each < 200; each++) patient.say(slow(each));
  for (let each = 0; each < 201; each++) flooding.say(slow(1_000 + each));
  expect(await flooding.closed()).toBe(1008);
  gate.resolve();
  await patient.next();
  for (let each = 0; each < 200; each++) {
    expect((await patient.next()).answer).toMatchObject({ ok: true, rev: 1 });
  }
  patient.close();
});

test("a socket that grows old, or whose process stops, ends so that its page opens another", async () => {
  const clock = new SteppedClock();
  const { url, drain } = await serve({ clock, maxStreamAge: 60_000, random: () => 0.5 });
  const old = await TestSocket.open(url);
  await old.next();
  await clock.advance(60_000);
  expect([(await old.next()).action, await old.closed()]).toEqual(["reopen", 1000]);
  const young = await TestSocket.open(url);
  await young.next();
  const drained = drain();
  expect([(await young.next()).action, await young.closed()]).toEqual(["reopen", 1000]);
  await drained;
  await expect(TestSocket.open(url)).rejects.toThrow();
});

test("events that came over a socket are finished before the process stops", async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const store = new MemoryStore();
  const handlers = {
    Counter: {
      mount: () => ({ count: 0 }),
      slow: async () => {
        begun.resolve();
        await gate.promise;
        return { count: 7 };
      },
    },
  };
  const { url, drain } = await serve({ handlers, store });
  const socket = await TestSocket.open(url);
  socket.say({ send: { protocol: 2, type: "Counter", instance: "a", event: "slow" } });
  await begun.promise;
  const drained = drain();
  expect(await socket.closed()).toBe(1000);
  gate.resolve();
  await drained;
  expect(await store.load("Counter", "a")).toEqual({ count: 7 });
});

test("a handshake that ends before there is a socket leaves no stream open", async () => {
  const clock = new SteppedClock();
  const user = vi.fn();
  const app = new Hono();
  const { drain } = attachNasc({
    app,
    handlers: counterHandlers,
    store: new MemoryStore(),
    hosts: "any",
    authorize: "everyone",
    clock,
    reauthorize: 20_000,
    user,
    // Whose socket never opens.
    upgradeWebSocket: () => () => Promise.resolve(new Response()),
  });
  expect((await app.request("/nasc/ws", { headers: handshake })).status).toBe(200);
  expect(clock.waiting).toBe(1);
  await clock.advance(10_000);
  expect(clock.waiting).toBe(0);
  await drain();
});

test("an authorize that never answers holds up what a page opens no longer than it may take", async () => {
  const options = (clock: SteppedClock) => ({
    clock,
    onError,
    reauthorize: 20_000,
    authorize: (_context: unknown, { id }: { id: string | undefined }) =>
      id !== "never" || new Promise<boolean>(() => {}),
  });
  const onError = vi.fn();
  const clock = new SteppedClock();
  const { url } = await serve(options(clock));
  const socket = await TestSocket.open(url);
  await socket.next();
  socket.say({ open: [{ scope: "Counter:never" }] });
  socket.say({ open: [{ scope: "Counter:next" }] });
  // The other one is when the stream asks again.
  await vi.waitFor(() => expect(clock.dues.filter((due) => due === 20_000)).toHaveLength(2));
  await clock.advance(20_000);
  expect(await socket.next())
    .toMatchObject({ action: "error", instance: "never", code: "timeout" });
  expect(await socket.next()).toMatchObject({ action: "snapshot", instance: "next" });
  socket.close();

  const other = new SteppedClock();
  const { port } = await serve(options(other));
  const asked = fetch(`http://127.0.0.1:${port}/nasc/stream?scope=Counter:never&have=`);
  await vi.waitFor(() => expect(other.dues).toContain(20_000));
  await other.advance(20_000);
  const refused = await asked;
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "1"]);
  expect(onError.mock.calls.map(([{ message }]) => message)).toEqual(
    Array(2).fill(
      "Cannot ask authorize to show Counter/never: no answer within 20000 ms; raise reauthorize if it is that slow",
    ),
  );
});
