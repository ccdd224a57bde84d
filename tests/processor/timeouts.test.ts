import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type Adapter,
  createProcessor,
  MemoryStore,
  type Patch,
  type ProcessorOptions,
  type Store,
} from "../../mod.ts";
import { HandClock } from "../support/clock.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

/** Calls of a store that are held until a test lets them go on. */
class Gate {
  readonly #held: (() => void)[] = [];
  /** How many of the next calls are to be held. */
  next = 0;

  /** Makes a call, now or when it is let go. */
  call<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.next === 0) return work();
    this.next--;
    return new Promise((resolve) => this.#held.push(() => resolve(work())));
  }

  /** How many calls are held. */
  get held(): number {
    return this.#held.length;
  }

  /** Lets all calls that are held go on. */
  open(): void {
    for (const go of this.#held.splice(0)) go();
  }
}

/** A store of a counter whose reads and writes can be held. */
interface Slow {
  readonly store: Adapter | Store;
  readonly reads: Gate;
  readonly writes: Gate;
  count(): Promise<number | undefined>;
}

function slowAdapter(conditional: Adapter["capabilities"]["conditional"] = "process"): Slow {
  const store = new MemoryStore();
  const [reads, writes] = [new Gate(), new Gate()];
  return {
    store: Object.assign(Object.create(store) as Adapter, {
      name: "the slow store",
      capabilities: { ...store.capabilities, conditional },
      get: (type: string, key: string) => {
        return reads.call(() => store.get(type, key));
      },
      commit: (list: Parameters<Adapter["commit"]>[0]) => {
        return writes.call(() => store.commit(list));
      },
    }),
    reads,
    writes,
    count: async () => (await store.load("Counter", "visits"))?.count,
  };
}

function slowPlainStore(): Slow {
  const states = new Map<string, { count: number }>();
  const [reads, writes] = [new Gate(), new Gate()];
  return {
    store: {
      load: (_type, id) => {
        return reads.call(() => Promise.resolve(structuredClone(states.get(id) ?? null)));
      },
      persist: (_type, id, _diff, full) => {
        return writes.call(() => Promise.resolve(void states.set(id, full)));
      },
    },
    reads,
    writes,
    count: () => Promise.resolve(states.get("visits")?.count),
  };
}

const stores: readonly (readonly [string, () => Slow, ProcessorOptions])[] = [
  ["an adapter", slowAdapter, {}],
  ["an adapter where the last write wins", () => slowAdapter("none"), { lastWriteWins: true }],
  ["a plain store", slowPlainStore, {}],
];

const unhandled = vi.fn();
beforeEach(() => void process.on("unhandledRejection", unhandled));
afterEach(() => {
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

/** Lets everything run that waits for nothing but promises. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

interface Running {
  readonly slow: Slow;
  readonly clock: HandClock;
  readonly errors: unknown[];
  send(eventId: string): Promise<Patch[]>;
  /** Lets the time of every deadline and pause pass, `times` times. */
  wait(times?: number): Promise<void>;
}

async function start(open: () => Slow, options: ProcessorOptions): Promise<Running> {
  const slow = open();
  const clock = new HandClock();
  const errors: unknown[] = [];
  const run = createProcessor(counterHandlers, slow.store, {
    ...options,
    clock,
    onError: (error) => void errors.push((error as Error).message),
  });
  // Another process has mounted it: the first event has nothing to begin with but what it reads.
  await createProcessor(counterHandlers, slow.store, options)(counterMessage({ event: "mount" }));
  return {
    slow,
    clock,
    errors,
    send: (eventId) => run(counterMessage({ eventId })),
    async wait(times = 1) {
      for (let round = 0; round < times; round++) {
        await settle();
        clock.ring();
      }
      await settle();
    },
  };
}

describe.for(stores)("%s", ([name, open, options]) => {
  test("that does not answer a read holds no event longer than storageTimeout", async () => {
    const { slow, send, wait, errors, clock } = await start(open, options);
    slow.reads.next = 2;
    const answer = send("e1");
    await wait();
    expect(await answer).toMatchObject([{
      code: "unavailable",
      message: "The storage does not answer; it is safe to send this again",
    }]);
    expect(errors).toEqual([
      expect.stringMatching(
        /^Cannot reach the (slow )?store: no answer within 5000 ms; raise storageTimeout if it is that slow$/,
      ),
    ]);
    slow.reads.next = 0;
    slow.reads.open();
    await settle();
    expect(await slow.count()).toBe(0);
    expect(await send("e1")).toMatchObject([{ value: 1, rev: 2 }]);
    expect(clock.waiting).toBe(0);
  });

  test("whose write lands after its deadline has the event once, and the repeat is answered", async () => {
    const { slow, send, wait } = await start(open, options);
    slow.writes.next = 1;
    const answer = send("e1");
    // Past the deadline of the write, and the pause before the next attempt.
    await wait(1);
    slow.writes.open();
    await wait(2);
    expect(await answer).toMatchObject([{ value: 1, rev: 2 }]);
    expect(await send("e1")).toMatchObject([{ value: 1, rev: 2 }]);
    expect(await send("e2")).toMatchObject([{ value: 2, rev: 3 }]);
    expect(await slow.count()).toBe(2);
  });

  test("whose write never ends lets no later event be lost or overwritten", async () => {
    const { slow, send, wait } = await start(open, options);
    slow.writes.next = 1;
    const first = send("e1");
    await settle();
    const second = send("e2");
    await wait(8);
    const answers = [await first, await second];
    // Now it lands after all, on whatever has been written since.
    slow.writes.open();
    await wait(2);
    for (const [index, answer] of answers.entries()) {
      if (!errorCode(answer)) continue;
      expect(errorCode(answer)).toBe("unavailable");
      await send(`e${index + 1}`);
    }
    expect(await slow.count()).toBe(2);
    expect(await send("e3")).toMatchObject([{ value: 3 }]);
    if (name === "an adapter") expect(answers.map(errorCode)).toEqual([undefined, undefined]);
  });

  test("whose writes stay away is asked for no more than three of them, and then may be asked again", async () => {
    const { slow, send, wait } = await start(open, options);
    slow.writes.next = Infinity;
    const answer = send("e1");
    await wait(12);
    expect(errorCode(await answer)).toBe("unavailable");
    expect(slow.writes.held).toBeLessThanOrEqual(3);
    slow.writes.next = 0;
    slow.writes.open();
    await settle();
    expect(await send("e1")).toMatchObject([{ value: 1 }]);
    expect(await slow.count()).toBe(1);
  });
});

test("storageTimeout sets how long a call may take, and Infinity is forever", async () => {
  const delays: unknown[] = [];
  const clock = {
    now: () => 0,
    setTimeout: (_callback: () => void, milliseconds: number) => delays.push(milliseconds),
    clearTimeout: () => {},
  };
  for (const storageTimeout of [undefined, 250, Infinity]) {
    const options = storageTimeout === undefined ? { clock } : { clock, storageTimeout };
    const run = createProcessor(counterHandlers, new MemoryStore(), options);
    await run(counterMessage({ event: "mount" }));
  }
  expect([...new Set(delays)]).toEqual([5_000, 250, Infinity]);
});
