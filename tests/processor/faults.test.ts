import fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
  type Adapter,
  createProcessor,
  type Entry,
  MemoryHub,
  MemoryStore,
  type Message,
  NascError,
  type News,
  type Patch,
  type Version,
} from "../../mod.ts";
import { instantClock } from "../support/clock.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

/** How one call of the storage ends. */
type Fate = "works" | "fails" | "works, and then fails";

/** Returns a store whose calls end as a list of fates says, and work once the list has ended. */
function faulty(store: MemoryStore, fates: Iterator<Fate>): Adapter {
  async function call<T>(work: () => Promise<T>): Promise<T> {
    const { value: fate = "works" } = fates.next();
    if (fate === "fails") throw new Error("the storage did nothing");
    const result = await work();
    if (fate === "works, and then fails") throw new Error("the answer of the storage was lost");
    return result;
  }
  return Object.assign(Object.create(store) as Adapter, {
    capabilities: store.capabilities,
    get: (type: string, key: string): Promise<Entry | undefined> =>
      call(() => store.get(type, key)),
    commit: (writes: Parameters<Adapter["commit"]>[0]): Promise<readonly (Version | null)[]> =>
      call(() => store.commit(writes)),
  });
}

const fate = fc.constantFrom<Fate>("works", "fails", "works, and then fails");

test("an event repeated with its eventId until it succeeds counts once, however the storage fails", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fate, { maxLength: 40 }),
      fc.integer({ min: 1, max: 6 }),
      async (fates, events) => {
        const store = new MemoryStore();
        const source = faulty(store, fates[Symbol.iterator]());
        const process = createProcessor(counterHandlers, source, {
          onError: () => {},
          clock: instantClock,
        });
        async function insist(message: Parameters<typeof process>[0]): Promise<Patch[]> {
          for (;;) {
            const patches = await process(message);
            if (errorCode(patches) !== "unavailable") return patches;
          }
        }
        await insist(counterMessage({ event: "mount" }));
        await Promise.all(
          Array.from(
            { length: events },
            (_, index) => insist(counterMessage({ eventId: `e${index}` })),
          ),
        );
        expect(await store.load("Counter", "visits")).toEqual({ count: events });
        const { metadata } = (await store.get("Counter", "visits"))!;
        expect(metadata).toMatchObject({ rev: events + 1 });
        const { receipts } = metadata as { readonly receipts: string };
        const ids = receipts.slice(1).split("\n").map((line) => line.split(" ")[0]);
        expect(ids.sort()).toEqual(Array.from({ length: events }, (_, index) => `e${index}`));
      },
    ),
    { numRuns: 300 },
  );
});

/** The calls of a first mount: it looks for the instance and for what is left of it, and commits. */
const mounting: readonly Fate[] = ["works", "works", "works"];

function processorWith(
  fates: Fate[],
): [ReturnType<typeof createProcessor>, MemoryStore, (listener: (news: News) => void) => void] {
  const store = new MemoryStore();
  const hub = new MemoryHub();
  const source = faulty(store, fates[Symbol.iterator]());
  const options = { hub, onError: () => {}, clock: instantClock };
  // Another process has mounted it: the first event has nothing to begin with but what it reads.
  const mount = createProcessor(counterHandlers, source, options);
  const run = createProcessor(counterHandlers, source, options);
  const process =
    ((message: Message) => message.event === "mount" ? mount(message) : run(message)) as typeof run;
  const listen = (listener: (news: News) => void) => {
    hub.subscribe(source, { type: "Counter", id: "visits" }, listener);
  };
  return [process, store, listen];
}

test("an event that cannot read the storage may be sent again, and the page learns no more", async () => {
  const [process, store] = processorWith([...mounting, "fails"]);
  await process(counterMessage({ event: "mount" }));
  const patches = await process(counterMessage());
  expect(patches).toMatchObject([{
    code: "unavailable",
    message: "The storage does not answer; it is safe to send this again",
  }]);
  expect(await store.load("Counter", "visits")).toEqual({ count: 0 });
  expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
});

test.for<[what: string, next: readonly Fate[]]>([
  ["whose receipt cannot be read", ["fails"]],
  ["whose receipt is read too late", ["works, and then fails"]],
])(
  "an event whose commit lost its answer, and %s, is never reported as unchanged",
  async ([, next]) => {
    const lost: Fate[] = ["works", "works, and then fails"];
    const [process, store] = processorWith([...mounting, ...lost, ...next]);
    await process(counterMessage({ event: "mount" }));
    const message = counterMessage({ eventId: "e1" });
    expect(errorCode(await process(message))).toBe("unavailable");
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
    expect(await process(message)).toMatchObject([{ value: 1, rev: 2 }]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  },
);

test("an event whose commit may still land is not refused for good by the attempts after it", async () => {
  const store = new MemoryStore();
  let runs = 0;
  const onError = vi.fn();
  await createProcessor(counterHandlers, store)(counterMessage({ event: "mount" }));
  const process = createProcessor(
    {
      Counter: {
        add(amount: number, state: object) {
          if (++runs > 1) throw new NascError("closed", "The counter is closed");
          return { ...state, count: amount };
        },
      },
    },
    faulty(store, ["works", "fails"].values() as Iterator<Fate>),
    { clock: instantClock, onError },
  );
  expect(errorCode(await process(counterMessage({ eventId: "e1" })))).toBe("unavailable");
  expect(errorCode(await process(counterMessage({ eventId: "e1" })))).toBe("closed");
  expect(onError.mock.calls.map(([{ message }]) => message)).toEqual([
    "the storage did nothing",
    "The counter is closed",
  ]);
});

test.for<[what: string, isWritten: boolean]>([
  ["has written", true],
  ["has not written", false],
])("an event that a plain store %s, but not acknowledged, counts once", async ([, isWritten]) => {
  const states = new Map<string, unknown>();
  let isFaulty = false;
  const process = createProcessor(
    counterHandlers,
    {
      load: (_type, id) => Promise.resolve(structuredClone(states.get(id) ?? null)),
      persist(_type, id, _diff, full) {
        const fails = isFaulty;
        isFaulty = false;
        if (!fails || isWritten) states.set(id, full);
        return fails ? Promise.reject(new Error("lost")) : Promise.resolve();
      },
    },
    { clock: instantClock, onError: () => {} },
  );
  await process(counterMessage({ event: "mount" }));
  isFaulty = true;
  expect(await process(counterMessage({ eventId: "e1" }))).toMatchObject([{ value: 1, rev: 2 }]);
  expect(await process(counterMessage({ eventId: "e2" }))).toMatchObject([{ value: 2, rev: 3 }]);
  expect(states.get("visits")).toEqual({ count: 2 });
});

test("a commit whose answer was lost is found by its receipt: it counts once, and viewers hear of it", async () => {
  const [process, store, listen] = processorWith([
    ...mounting,
    "works",
    "works, and then fails",
  ]);
  await process(counterMessage({ event: "mount" }));
  const heard: unknown[] = [];
  listen((news) => heard.push(news.kind === "change" ? news.rev : news));
  expect(await process(counterMessage({ eventId: "e1" }))).toMatchObject([{ value: 1, rev: 2 }]);
  expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  expect(heard).toEqual([2]);
});

test("a commit whose answer was lost is reported as uncertain if its event has no eventId", async () => {
  const [process] = processorWith([...mounting, "works", "works, and then fails"]);
  await process(counterMessage({ event: "mount" }));
  const patches = await process(counterMessage());
  expect(patches).toMatchObject([{
    code: "uncertain",
    message: expect.not.stringContaining("nothing was changed"),
  }]);
});

test("an event whose storage stays away fails with a code that invites a repeat", async () => {
  const [process, store] = processorWith([
    ...mounting,
    ...Array(30).fill(["works", "fails"]).flat(),
  ]);
  await process(counterMessage({ event: "mount" }));
  expect(errorCode(await process(counterMessage({ eventId: "e1" })))).toBe("unavailable");
  expect(await store.load("Counter", "visits")).toEqual({ count: 0 });
});
