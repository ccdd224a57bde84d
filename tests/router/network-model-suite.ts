import { Hono } from "hono";
import { expect, test } from "vitest";
import type { Adapter, Handlers } from "../../mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { toWire } from "../../src/processor/to-wire.ts";
import { Beats } from "../support/beats.ts";
import { seenThrough } from "../support/view.ts";
import { Page, send2 } from "./support-frames.ts";
import { upgradeInProcess } from "./support-sockets.ts";

interface Item {
  readonly id: number;
  readonly text: string;
  readonly isSecret: boolean;
}
interface List {
  readonly items: readonly Item[];
  readonly hidden: number;
  readonly isOpen: boolean;
}

/** Who looks: at everything, at a part, or at what is closed now and then. */
const users = ["owner", "member", "guest"] as const;
type User = typeof users[number];

function view(state: object, user: unknown): object | undefined {
  const list = state as List;
  if (user === "owner") return list;
  if (user === "guest" && !list.isOpen) return undefined;
  return { items: list.items.filter(({ isSecret }) => !isSecret), isOpen: list.isOpen };
}

const handlers: Handlers = {
  List: seenThrough({
    mount: (): List => ({
      items: Array.from(
        { length: 8 },
        (_, id) => ({ id, text: `item ${id}`, isSecret: id % 3 === 0 }),
      ),
      hidden: 0,
      isOpen: true,
    }),
    add: (item: Item, list: List) => ({ ...list, items: [...list.items, item] }),
    remove: (at: number, list: List) => ({
      ...list,
      items: list.items.filter((_, index) => index !== at),
    }),
    move: ({ from, to }: { from: number; to: number }, list: List) => {
      const items = [...list.items];
      items.splice(to, 0, ...items.splice(from, 1));
      return { ...list, items };
    },
    write: ({ at, text }: { at: number; text: string }, list: List) => ({
      ...list,
      items: list.items.map((item, index) => index === at ? { ...item, text } : item),
    }),
    reveal: (at: number, list: List) => ({
      ...list,
      items: list.items.map((item, index) =>
        index === at ? { ...item, isSecret: !item.isSecret } : item
      ),
    }),
    hide: (_: unknown, list: List) => ({ ...list, hidden: list.hidden + 1 }),
    shut: (_: unknown, list: List) => ({ ...list, isOpen: !list.isOpen }),
    clear: (_: unknown, list: List) => ({ ...list, items: [] }),
    nothing: (_: unknown, list: List) => list,
  }, {
    view: (state, { user }) => view(state, user),
    viewKey: (_state, { user }) => String(user),
  }),
};

/** Two processes on one storage: each with a store, a hub and streams of its own. */
class Processes {
  readonly beats: Beats = new Beats();
  readonly stores: readonly Adapter[];
  readonly apps: readonly Hono[];

  constructor(open: () => Adapter, reach: (app: Hono) => Hono) {
    this.stores = [open(), open()];
    this.apps = this.stores.map((store) => {
      const app = new Hono();
      app.route(
        "/nasc",
        createNasc({
          handlers,
          store,
          authorize: "everyone",
          hosts: "any",
          user: (context) => context.req.header("x-user"),
          heartbeat: this.beats.heartbeat,
          clock: this.beats,
          maxStreamAge: Infinity,
          upgradeWebSocket: upgradeInProcess,
        }).app,
      );
      return reach(app);
    });
  }
}

/** A page whose stream breaks off and is opened again, by whichever process. */
class Reader {
  readonly user: User;
  readonly #scope: string;
  readonly #processes: Processes;
  #page: Page | undefined;
  token = "";
  app: Hono;
  /** Holds up the reader, as a slow network does. */
  #gate: PromiseWithResolvers<void> | undefined;

  constructor(user: User, id: string, processes: Processes) {
    this.user = user;
    this.#scope = `List:${id}`;
    this.#processes = processes;
    this.app = processes.apps[0]!;
  }

  get held(): { readonly rev: number; readonly epoch: string; readonly state: object } | undefined {
    return this.#page?.held.get(this.#scope);
  }

  get failure(): unknown {
    return this.#failure;
  }
  #failure: unknown;

  /** Opens its stream, with what it has. */
  async open(process: number): Promise<void> {
    const held = this.#page?.held.get(this.#scope);
    await this.close();
    this.app = this.#processes.apps[process]!;
    const headers = { "x-user": this.user };
    const { page, token } = await Page.open(this.app, { scope: this.#scope, held, headers });
    this.#page = page;
    this.token = token;
    void this.#read(page);
  }

  hold(): void {
    this.#gate ??= Promise.withResolvers();
  }

  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async close(): Promise<void> {
    const page = this.#page;
    this.#page = undefined;
    this.release();
    await page?.close();
  }

  async #read(page: Page): Promise<void> {
    try {
      while (this.#page === page) {
        await this.#gate?.promise;
        if (this.#page === page) await page.frame();
      }
    } catch (error) {
      if (this.#page === page) this.#failure = error;
    }
  }
}

/** Returns numbers from 0 to below 1 that a seed decides (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

function travelled(state: object | undefined): unknown {
  return state && JSON.parse(toWire(state));
}

/** Where {@link testNetworkModel} runs. */
export interface ModelStorage {
  /** Returns a store on the storage, each time another one. */
  readonly open: () => Adapter;
  /** Lets what is under way go on for a moment. */
  readonly turn: () => Promise<unknown>;
  /** Returns an app as pages reach it. Default: as it is. */
  readonly reach?: (app: Hono) => Hono;
  /** Deletes the instance one time in so many that it might. Default: 4. */
  readonly keeps?: number;
}

interface RunningModel extends Omit<ModelStorage, "open" | "reach"> {
  readonly processes: Processes;
}

async function runSchedule(
  seed: number,
  { processes, turn, keeps = 4 }: RunningModel,
): Promise<void> {
  const random = seeded(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const id = `list${seed}`;
  const about = { type: "List", instance: id };
  const readers = users.map((user) => new Reader(user, id, processes));
  for (const reader of readers) await reader.open(below(2));

  let events = 0;
  async function act(): Promise<void> {
    const reader = readers[below(3)]!;
    const event = ["add", "remove", "move", "write", "reveal", "hide", "shut", "clear", "nothing"][
      below(20) === 0 ? 7 : below(7) === 0 ? 8 : below(7)
    ]!;
    const at = below(9);
    const payload = {
      add: { id: 100 + events, text: `new ${events}`, isSecret: below(2) === 0 },
      move: { from: below(8), to: below(8) },
      write: { at, text: ["one", "two"][below(2)] },
    }[event] ?? at;
    const app = below(2) === 0 ? reader.app : processes.apps[below(2)]!;
    const held = reader.held;
    const { rev, epoch, streamed, patches } = await send2(
      app,
      { ...about, event, payload, eventId: `${seed}.${events++}`, stream: reader.token },
      { "x-user": reader.user },
    );
    expect([rev, epoch, streamed ? patches : patches?.length]).toEqual([
      expect.any(Number),
      expect.any(String),
      streamed ? undefined : 1,
    ]);
    const patch = patches?.[0];
    if (patch?.action === "patch" && held?.epoch === epoch) expect(patch.rev).toBe(rev);
  }

  for (let step = 0; step < 16; step++) {
    const reader = readers[below(3)]!;
    const what = below(12);
    if (what < 5) await act();
    else if (what === 5) await Promise.all([act(), act(), act()]);
    else if (what === 6) processes.beats.ring();
    else if (what === 7) reader.hold();
    else if (what === 8) reader.release();
    else if (what === 9) await reader.open(below(2));
    else if (what === 10) { for (let turns = below(20); turns > 0; turns--) await turn(); }
    else if (below(keeps) === 0) {
      await processes.stores[below(2)]!.commit([{ type: "List", key: id, delete: true }]);
      await act();
    }
  }

  for (const reader of readers) reader.release();
  const entry = async () => (await processes.stores[0]!.get("List", id))!;
  const { value, metadata } = await entry();
  const now = metadata as { rev: number; epoch: string };
  const isNow = ({ held }: Reader) => held?.rev === now.rev && held.epoch === now.epoch;
  const isSettled = (reader: Reader) => {
    const seen = view(value as object, reader.user);
    return seen === undefined ? reader.held === undefined : isNow(reader);
  };
  // At least once: what was held up is still to be read.
  for (let round = 0; round === 0 || round < 40 && !readers.every(isSettled); round++) {
    processes.beats.ring();
    for (let turns = 0; turns < 25; turns++) await turn();
  }
  for (const reader of readers) {
    const seen = travelled(view(value as object, reader.user));
    expect([seed, reader.user, reader.failure, reader.held?.state]).toEqual([
      seed,
      reader.user,
      undefined,
      seen,
    ]);
    if (seen) expect([seed, reader.user, isNow(reader)]).toEqual([seed, reader.user, true]);
    await reader.close();
  }
}

/** Runs schedules of two processes and three pages, by seeds, so many in each test. */
export function testNetworkModel(
  name: string,
  { schedules, perTest, storage }: {
    readonly schedules: number;
    readonly perTest: number;
    readonly storage: () => ModelStorage;
  },
): void {
  let running: RunningModel | undefined;
  test.for(Array.from({ length: schedules / perTest }, (_, index) => index * perTest + 1))(
    `every page ends with its own view of what is stored, in ${perTest} schedules from seed %i on, of two processes on ${name}`,
    async (first) => {
      if (!running) {
        const { open, reach = (app) => app, ...rest } = storage();
        running = { processes: new Processes(open, reach), ...rest };
      }
      for (let seed = first; seed < first + perTest; seed++) await runSchedule(seed, running);
    },
  );
}
