import { equal } from "../../../src/shared/equal.ts";
import { toWire } from "../../../src/processor/to-wire.ts";
import { SteppedClock } from "../../support/clock.ts";
import { users, view } from "./app.ts";
import { ClientPage } from "./page.ts";
import { Reader } from "./reader.ts";

/** A server that runs the model's app. */
export interface ModelProcess {
  request(url: string, init?: RequestInit): Promise<Response>;
  /** Lets its streams look into the store. */
  ring(): unknown;
}

/** What is stored, past the processors. */
export interface ModelStorage {
  /** Returns a list as it is. */
  list(id: string): Promise<StoredList | undefined>;
  /** Deletes a list, and all that the processors know of it. */
  forget(id: string): Promise<unknown>;
  /** Returns how often each event was applied. */
  marks(): Promise<Readonly<Record<string, number>>>;
}

/** A list as it is stored. */
export interface StoredList {
  readonly rev: number;
  readonly epoch: string;
  readonly state: object;
}

/** Two servers and the storage that they share. */
export interface ModelWorld {
  readonly processes: readonly ModelProcess[];
  readonly storage: ModelStorage;
  /** Lets what is under way go on for a moment. */
  turn(): Promise<unknown>;
}

/** What became of schedules. */
export interface ModelReport {
  /** What was wrong, in words. */
  readonly faults: string[];
  /** How many events were applied. */
  applied: number;
  /** How many were refused. */
  refused: number;
}

const rounds = 400;
const events = ["add", "remove", "move", "write", "reveal", "hide", "shut"] as const;
const rarities = ["clear", "nothing", "end"] as const;
/** What changes nothing counts nothing. */
const uncounted: typeof rarities[number] = "nothing";

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

/** One schedule: three users, each with a page of the client and a reader, at one list. */
class Schedule {
  readonly #seed: number;
  readonly #world: ModelWorld;
  readonly #below: (limit: number) => number;
  readonly #clock = new SteppedClock();
  readonly #readers: readonly Reader[];
  readonly #pages: readonly ClientPage[];
  readonly #id: string;
  readonly faults: string[] = [];

  constructor(seed: number, world: ModelWorld) {
    const random = seeded(seed);
    const { processes } = world;
    const id = `list${seed}`;
    this.#seed = seed;
    this.#world = world;
    this.#id = id;
    this.#below = (limit) => Math.floor(random() * limit);
    this.#readers = users.map((user) => new Reader(user, `List:${id}`, processes));
    this.#pages = users.map((user, index) =>
      new ClientPage(user, {
        address: { type: "List", id },
        processes,
        // Its own: what a network does with requests comes at no certain time.
        random: seeded(3 * seed + index),
        clock: this.#clock,
      })
    );
  }

  get sent(): ClientPage["sent"] {
    return this.#pages.flatMap(({ sent }) => sent);
  }

  async run(): Promise<void> {
    for (const reader of this.#readers) await reader.open(this.#below(2));
    for (let step = 0; step < 16; step++) await this.#step();
    for (const reader of this.#readers) reader.release();
    await this.#until(() => !this.#pages.some(({ isWaiting }) => isWaiting));
    await this.#until(async () => (await this.#differences()).length === 0);
    this.faults.push(...await this.#differences());
    for (const { user, failure } of this.#readers) {
      if (failure) this.faults.push(`the reader of ${user}: ${failure}`);
    }
  }

  async close(): Promise<void> {
    for (const page of this.#pages) page.close();
    for (const reader of this.#readers) await reader.close();
  }

  async #step(): Promise<void> {
    const below = this.#below;
    const reader = this.#readers[below(3)]!;
    const page = this.#pages[below(3)]!;
    const what = below(14);
    if (what < 5) this.#send();
    else if (what === 5) { for (let count = 0; count < 3; count++) this.#send(); }
    else if (what === 6) await this.#ring();
    else if (what === 7) reader.hold();
    else if (what === 8) reader.release();
    else if (what === 9) await reader.open(below(2));
    else if (what === 10) page.network.break();
    else if (what === 11) this.#clock.pass(2_500);
    else if (what === 12) await this.#turns(below(12));
    else await this.#delete();
    await this.#turns(below(3));
  }

  #send(): void {
    const below = this.#below;
    const page = this.#pages[below(3)]!;
    const event = below(8) === 0 ? rarities[below(3)]! : events[below(events.length)]!;
    const mark = `${this.#seed}.${this.sent.length} ${event}`;
    page.send(event, { mark, at: below(9), to: below(8), isSecret: below(2) === 0 } as never);
  }

  /** Deletes the list past the processor, and so all receipts: once no event is under way that could come again. */
  async #delete(): Promise<void> {
    await this.#until(() => !this.#pages.some(({ isWaiting }) => isWaiting));
    await this.#world.storage.forget(this.#id);
    this.#send();
  }

  async #ring(): Promise<void> {
    for (const process of this.#world.processes) await process.ring();
  }

  async #turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await this.#world.turn();
  }

  /** Lets time pass until something is so. */
  async #until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (let round = 0; round < rounds && !await isSo(); round++) {
      await this.#ring();
      await this.#turns(4);
      this.#clock.pass(500);
    }
  }

  async #differences(): Promise<string[]> {
    const stored = await this.#world.storage.list(this.#id);
    const differences: string[] = [];
    for (const one of [...this.#readers, ...this.#pages]) {
      const { user, held } = one;
      const state = stored && view(stored.state, user);
      const seen = stored && state && { epoch: stored.epoch, rev: stored.rev, state };
      if (equal(seen && JSON.parse(toWire(seen)), held)) continue;
      const who = one instanceof Reader ? "reader" : "page";
      differences.push(
        `the ${who} of ${user} has ${JSON.stringify(held)} and not ${JSON.stringify(seen)}`,
      );
    }
    return differences;
  }
}

/** Runs the schedules of so many seeds, and returns what became of them. */
export async function runSchedules(
  world: ModelWorld,
  { first, count }: { readonly first: number; readonly count: number },
): Promise<ModelReport> {
  const report: ModelReport = { faults: [], applied: 0, refused: 0 };
  const sent = new Map<string, boolean | undefined>();
  for (let seed = first; seed < first + count; seed++) {
    const schedule = new Schedule(seed, world);
    await schedule.run();
    await schedule.close();
    report.faults.push(...schedule.faults.map((fault) => `seed ${seed}: ${fault}`));
    for (const { mark, result } of schedule.sent) sent.set(mark, result?.ok);
  }
  const times = await world.storage.marks();
  for (const [mark, isApplied] of sent) {
    const found = times[mark] ?? 0;
    if (isApplied === undefined) report.faults.push(`the event ${mark} was left hanging`);
    else if (found !== (isApplied && !mark.endsWith(uncounted) ? 1 : 0)) {
      report.faults.push(`the event ${mark} was applied ${found} times, and answered ${isApplied}`);
    }
    if (isApplied) report.applied++;
    else report.refused++;
  }
  return report;
}
