import fc from "fast-check";
import { expect, test } from "vitest";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import {
  type JournalStorage,
  persist,
  type Persistence,
} from "../../../src/persistence/collections/mod.ts";
import type { Clock } from "../../../src/shared/clock.ts";
import { Ramify, type RamifyStore, type Schema } from "../../../src/store/mod.ts";
import { type Fate, SharedStorage, TestPage } from "./leaving.ts";
import { randomFrom } from "./simulation.ts";
import { stored, TestClock } from "./support.ts";

/** Documents 0 and 1 belong to all people, each of whom edits one field; the others belong to one person. */
interface Doc {
  readonly id: number;
  readonly a?: number;
  readonly b?: number;
  readonly c?: number;
}

const people = ["a", "b", "c"] as const;
type Person = typeof people[number];

type Step =
  | {
    readonly do: "edit";
    readonly who: Person;
    readonly id: 0 | 1;
    readonly value: number | undefined;
  }
  | { readonly do: "put" | "delete" | "both"; readonly who: Person; readonly id: 2 | 3 }
  | { readonly do: "crash" | "leave" | "comeBack" | "open"; readonly who: Person }
  | { readonly do: "look" | "lookAway" }
  | { readonly do: "wait"; readonly milliseconds: number };

/** The steps of some people, who write these values; without one, each value is new. */
function programOf(
  who: fc.Arbitrary<Person>,
  value: fc.Arbitrary<number | undefined>,
): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: any("edit"), who, id: any(0, 1), value }) },
    { weight: 6, arbitrary: fc.record({ do: any("put", "delete", "both"), who, id: any(2, 3) }) },
    { weight: 4, arbitrary: fc.record({ do: any("crash", "leave", "comeBack", "open"), who }) },
    { weight: 2, arbitrary: fc.record({ do: any("crash", "look", "lookAway"), who }) },
    {
      weight: 5,
      arbitrary: fc.record({
        do: any("wait"),
        milliseconds: fc.integer({ min: 1, max: 60 }),
      }),
    },
  );
  return fc.array(step, { maxLength: 40 });
}

function any<const Value>(...values: readonly Value[]): fc.Arbitrary<Value> {
  return fc.constantFrom(...values);
}

/** Several people, whose pages take up what the others have noted. */
const several = programOf(any(...people), fc.constant(undefined));
/** One person, whose values come back. Nobody could tell what comes from whom if several did that at once. */
const one = programOf(any("a"), fc.integer({ min: 0, max: 2 }))
  .map((steps) => steps.filter(({ do: act }) => act !== "look"));
const fates = fc.array(
  fc.constantFrom<Fate>("answered", "answered", "refused", "unheard", "silent"),
  { maxLength: 20 },
);

/** A page that somebody has open, or has left in the back/forward cache. */
interface Tab {
  readonly page: TestPage;
  readonly db: RamifyStore<{ docs: Schema<Doc, "id"> }>;
  readonly saved: Persistence;
}

/** What can be wrong on purpose, to show that the test would see it. */
type Mutant = (page: TestPage, storage: SharedStorage) => JournalStorage;

/** One storage and one localStorage, and all who edit in it. */
class World {
  readonly clock = new TestClock();
  readonly inner = new MemoryStore();
  readonly items = new SharedStorage();
  /** What each person has made of what only they change: fields as `0.a`, and documents as `a.2`. */
  readonly expected: Map<string, unknown> = new Map();
  readonly errors: unknown[] = [];
  readonly #tabs: Map<Person | "looker", Tab> = new Map();
  readonly #fates: Fate[];
  readonly #random: () => number;
  readonly #mutant: Mutant | undefined;
  #count = 10;

  constructor({ fates, seed, mutant }: { fates: Fate[]; seed: number; mutant?: Mutant }) {
    this.#fates = [...fates];
    this.#random = randomFrom(seed);
    this.#mutant = mutant;
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.inner.commit([0, 1].map((id) => ({ type: "docs", key: id, value: { id } })));
    for (const step of steps) await this.#do(step);
  }

  /** All pages crash; the next one finds what they have left. */
  async finish(): Promise<void> {
    for (const name of [...this.#tabs.keys()]) this.#crash(name);
    this.#fates.length = 0;
    const { saved } = await this.#open("looker");
    await this.clock.until(saved.flush());
    await this.clock.advance(1_000);
    expect({ pending: saved.pending, exposed: saved.exposed }).toEqual({ pending: 0, exposed: 0 });
  }

  /** All pages store what they have, and come back once more. Returns what each of them shows then. */
  async comeBack(): Promise<Map<number, Doc>[]> {
    this.#fates.length = 0;
    for (const event of ["pageshow", "pagehide", "pageshow"] as const) {
      for (const { page } of this.#tabs.values()) page.fire(event);
      await this.clock.advance(10_000);
    }
    return [...this.#tabs.values()].map(({ db: { docs } }) => {
      return new Map(docs.toArray().map((doc) => [doc.id, doc]));
    });
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case "wait":
        return await this.clock.advance(step.milliseconds);
      case "look":
        return void await this.#open("looker");
      case "lookAway":
        return this.#crash("looker");
      case "open":
        return void await this.#open(step.who);
      case "crash":
        return this.#crash(step.who);
      case "leave":
        return this.#tabs.get(step.who)?.page.fire("pagehide");
      case "comeBack":
        return this.#tabs.get(step.who)?.page.fire("pageshow");
      default:
        return await this.#edit(step);
    }
  }

  async #edit(step: Extract<Step, { readonly id: number }>): Promise<void> {
    const { db: { docs }, db } = this.#tabs.get(step.who) ?? await this.#open(step.who);
    const { expected } = this;
    const { who, id } = step;
    const own = 10 * (1 + people.indexOf(who)) + id;
    const put = () => {
      const doc = { id: own, a: ++this.#count };
      docs.put(doc);
      expected.set(`${who}.${own}`, doc);
    };
    const edit = (value: number = ++this.#count) => {
      docs.update(id % 2, { [who]: value });
      expected.set(`${id % 2}.${who}`, value);
    };
    if (step.do === "edit") edit(step.value);
    else if (step.do === "put") put();
    else if (step.do === "both") {
      db.transaction(() => {
        put();
        edit();
      });
    } else if (!this.#isNoted(own)) {
      // A deletion leaves no version, so whoever still has the document to write would bring it back.
      docs.delete(own);
      expected.set(`${who}.${own}`, undefined);
    }
  }

  /** Returns whether some page has still to write a document. */
  #isNoted(id: number): boolean {
    return [...this.items.items.values()].some((text) => new RegExp(`"id":${id}\\b`).test(text));
  }

  #crash(name: Person | "looker"): void {
    const tab = this.#tabs.get(name);
    if (tab !== undefined) tab.page.isGone = true;
    this.#tabs.delete(name);
  }

  async #open(name: Person | "looker"): Promise<Tab> {
    this.#crash(name);
    const page: TestPage = new TestPage(this.inner, {
      get length() {
        return storage.length;
      },
      key: (index) => storage.key(index),
      getItem: (name) => storage.getItem(name),
      setItem: (name, text) => storage.setItem(name, text),
      removeItem: (name) => storage.removeItem(name),
    });
    const storage: JournalStorage = this.#mutant?.(page, this.items) ?? this.items;
    page.fate = () => this.#fates.shift() ?? "answered";
    const db = new Ramify().createStore<{ docs: Schema<Doc, "id"> }>({
      docs: { primaryKey: "id" },
    });
    const saved = await this.clock.until(persist(db, page, {
      page,
      clock: this.#clockOf(page),
      random: this.#random,
      retry: { attempts: 3, minDelay: 10, maxDelay: 50 },
      storageTimeout: 100,
      onError: (error) => this.errors.push(error),
    }));
    const tab = { page, db, saved };
    this.#tabs.set(name, tab);
    return tab;
  }

  /** Timers of a page that is gone do not fire. */
  #clockOf(page: TestPage): Clock {
    const { clock } = this;
    return {
      now: () => clock.now(),
      setTimeout: (callback, milliseconds) => {
        return clock.setTimeout(() => page.isGone || callback(), milliseconds);
      },
      clearTimeout: (timer) => clock.clearTimeout(timer),
    };
  }
}

/** Checks that whatever happens, storage has in the end what each person has made. */
async function check(
  { steps, ...options }: { steps: Step[]; fates: Fate[]; seed: number; mutant?: Mutant },
): Promise<void> {
  const world = new World(options);
  await world.run(steps);
  await world.finish();
  const docs = await stored(world.inner, "docs") as Map<number, Doc & Record<string, unknown>>;
  const found = new Map([...world.expected.keys()].map((name) => {
    const [first, second] = name.split(".");
    return [name, second! < "a" ? docs.get(Number(second)) : docs.get(Number(first))?.[second!]];
  }));
  expect(found).toEqual(world.expected);
  expect([...world.items.items]).toEqual([]);
}

const runs = Number(process.env["RUNS"] ?? 200);
const seed = fc.integer();

test.for([
  { pages: "pages of several people that take up from each other", steps: several },
  { pages: "pages of one person, one after the other", steps: one },
])("whatever $pages edit, crash, leave and come back, nothing is lost", async ({ steps }) => {
  await fc.assert(
    fc.asyncProperty(fc.record({ steps, fates, seed }), check),
    { numRuns: runs },
  );
});

test("whatever pages edit, crash and leave, those that come back show what storage has", async () => {
  const check = async ({ steps, ...options }: { steps: Step[]; fates: Fate[]; seed: number }) => {
    const world = new World(options);
    await world.run(steps);
    const shown = await world.comeBack();
    const docs = await stored(world.inner, "docs");
    expect(shown).toEqual(shown.map(() => docs));
  };
  await fc.assert(
    fc.asyncProperty(fc.record({ steps: several, fates, seed }), check),
    { numRuns: runs },
  );
});

const mutants: Readonly<Record<string, Mutant>> = {
  "one name for all that a page notes": (_, storage) => {
    const only = (name: string) => name.replace(/\d+$/, "0");
    return {
      get length() {
        return storage.length;
      },
      key: (index) => storage.key(index),
      getItem: (name) => storage.getItem(only(name)),
      setItem: (name, text) => storage.setItem(only(name), text),
      removeItem: (name) => storage.removeItem(only(name)),
    };
  },
  "names that are removed before storage has acknowledged": (page, storage) => {
    const own = new Set<string>();
    page.onCommit = () => own.forEach((name) => storage.removeItem(name));
    return {
      get length() {
        return storage.length;
      },
      key: (index) => storage.key(index),
      getItem: (name) => storage.getItem(name),
      setItem: (name, text) => storage.setItem(name, text) ?? own.add(name),
      removeItem: (name) => storage.removeItem(name),
    };
  },
};

test.for(Object.keys(mutants))("the same search finds a loss with %s", async (name) => {
  const result = await fc.check(
    fc.asyncProperty(
      fc.record({ steps: several, fates, seed }),
      (world) => check({ ...world, mutant: mutants[name]! }),
    ),
    { numRuns: runs, seed: 1, endOnFailure: true },
  );
  expect(String(result.errorInstance)).toContain("to deeply equal Map");
});
