import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { type HandlerContext, MemoryStore } from "../../mod.ts";
import { attachNasc, createNasc, type NascOptions } from "../../src/router/mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { counterHandlers } from "../support/counter.ts";
import { EventStream } from "../support/event-stream.ts";
import { post } from "./support.ts";
import { type Held, Page } from "./support-frames.ts";
import { countingHub, open } from "./support-stream.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A board whose slow notes, and what comes after them, take until the test says so. */
class Boards {
  readonly begun = Promise.withResolvers<void>();
  readonly written = Promise.withResolvers<void>();
  readonly mailed = Promise.withResolvers<void>();
  readonly mails: string[] = [];
  readonly handlers = {
    Board: {
      mount: () => ({
        notes: [] as string[],
        about: "a board with a text that is not short at all",
      }),
      note: (note: string, board: { notes: string[] }) => ({
        ...board,
        notes: [...board.notes, note],
      }),
      slow: async (note: string, board: { notes: string[] }, { waitUntil }: HandlerContext) => {
        waitUntil(async () => {
          await this.mailed.promise;
          this.mails.push(note);
        });
        this.begun.resolve();
        await this.written.promise;
        return { ...board, notes: [...board.notes, note] };
      },
    },
  };
}

/** A process that serves a file, as far as one test can have several. */
class Served {
  readonly store = new SqliteStore(join(folder, "boards.sqlite"));
  readonly nasc;
  readonly #server: Server;
  /** Sends requests over the network. */
  readonly app: Hono;

  constructor(handlers: NascOptions["handlers"]) {
    const options = { authorize: "everyone", hosts: "any", heartbeat: 20 } as const;
    this.nasc = createNasc({ handlers, store: this.store, ...options });
    const app = new Hono();
    app.route("/nasc", this.nasc.app);
    this.#server = createAdaptorServer({ fetch: app.fetch }) as Server;
    this.app = {
      request: (url: string, init?: RequestInit) =>
        fetch(url.replace("http://rian.test", `http://127.0.0.1:${this.#port}`), {
          ...init,
          // A kept connection would keep the server open for seconds.
          headers: { ...init?.headers, connection: "close" },
        }),
    } as unknown as Hono;
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Does what a process does that is asked to stop. */
  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    await this.nasc.drain();
    await closed;
    await this.store.close();
  }
}

const board = { type: "Board", instance: "b" };

test("a Node server that stops ends what has begun, and its pages miss nothing at the next one", async () => {
  const boards = new Boards();
  const servers = [new Served(boards.handlers), new Served(boards.handlers)] as const;
  const [first, second] = servers;
  for (const server of servers) await server.listen();
  const { page } = await Page.open(first.app, { scope: "Board:b" });
  expect(await page.next()).toMatchObject({ action: "snapshot", state: { notes: [] } });
  const slow = post(first.app, { ...board, event: "slow", payload: "slow", eventId: "e1" });
  await boards.begun.promise;

  let isStopped = false;
  const stopped = first.stop().then(() => isStopped = true);
  expect(await page.next()).toEqual({ action: "reopen" });
  await expect(page.next()).rejects.toThrow("the stream has ended");

  // The page opens another stream elsewhere. What was under way is not lost, nor what happens there.
  const held = page.held.get("Board:b") as Held;
  const { page: again } = await Page.open(second.app, { scope: "Board:b", held });
  expect(await again.next()).toMatchObject({ action: "patch", ops: [] });
  await post(second.app, { ...board, event: "note", payload: "quick", eventId: "e2" });
  expect(await again.next()).toMatchObject({ action: "patch" });
  expect(isStopped).toBe(false);
  boards.written.resolve();
  expect((await slow).status).toBe(200);
  while (again.held.get("Board:b")!.rev < 3) {
    expect(await again.next()).toMatchObject({ action: "patch" });
  }
  expect(again.held.get("Board:b")!.state["notes"]).toEqual(["quick", "slow"]);

  expect(boards.mails).toEqual([]);
  expect(isStopped).toBe(false);
  boards.mailed.resolve();
  await stopped;
  expect(boards.mails).toEqual(["slow"]);
  await again.close();
  await second.stop();
});

describe("a Nasc that was drained", () => {
  const options = { handlers: counterHandlers, authorize: "everyone", hosts: "any" } as const;

  test("opens no stream, and says when to try again; it still takes events", async () => {
    const app = new Hono();
    const { drain } = attachNasc({ app, store: new MemoryStore(), ...options });
    await drain();
    for (const query of ["scope=Counter:visits", "scope=Counter:visits&have=", "clientId=page"]) {
      const refused = await app.request(`/nasc/stream?${query}`);
      expect([query, refused.status, refused.headers.get("retry-after")]).toEqual([
        query,
        503,
        "1",
      ]);
      expect(await refused.json()).toMatchObject({ code: "unavailable" });
    }
    const add = { type: "Counter", instance: "visits", event: "add", payload: 1 };
    expect((await post(app, add)).status).toBe(200);
  });

  test("has ended streams of every kind, those that were just opening too", async () => {
    const app = new Hono();
    const { hub, listening } = countingHub();
    const asked = Promise.withResolvers<void>();
    const { drain } = attachNasc({
      app,
      store: new MemoryStore(),
      hub,
      ...options,
      user: async (context) => {
        if (context.req.header("x-slow")) await asked.promise;
      },
    });
    const queries = ["scope=Counter:visits", "scope=Counter:visits&have=", "clientId=page"];
    const streams = await Promise.all(queries.map((query) => open(app, query)));
    const opening = Promise.resolve(
      app.request(`/nasc/stream?${queries[1]}`, { headers: { "x-slow": "1" } }),
    );
    const drained = drain();
    asked.resolve();
    streams.push(new EventStream(await opening));
    for (const stream of streams) {
      const frames = await stream.rest();
      const { event, data } = frames.at(-1)!;
      expect(event === "message" ? data.action : event).toBe("reopen");
    }
    await drained;
    expect(listening()).toBe(0);
  });

  test("has not waited for long for a page that reads nothing", async () => {
    const clock = new SteppedClock();
    const app = new Hono();
    const { drain } = attachNasc({ app, store: new MemoryStore(), clock, ...options });
    const unread = await app.request("/nasc/stream?scope=Counter:visits");
    const drained = drain();
    await clock.advance(5_000);
    await drained;
    await unread.body!.cancel();
  });
});
