import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Adapter,
  createProcessor,
  type Entry,
  MemoryHub,
  MemoryStore,
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
            if (!["internal", "unavailable"].includes(errorCode(patches) ?? "")) return patches;
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
        expect(metadata).toEqual({ rev: events + 1 });
      },
    ),
    { numRuns: 300 },
  );
});

function processorWith(
  fates: Fate[],
): [ReturnType<typeof createProcessor>, MemoryStore, (listener: (news: News) => void) => void] {
  const store = new MemoryStore();
  const hub = new MemoryHub();
  const source = faulty(store, fates[Symbol.iterator]());
  const process = createProcessor(counterHandlers, source, {
    hub,
    onError: () => {},
    clock: instantClock,
  });
  const listen = (listener: (news: News) => void) => {
    hub.subscribe(source, { type: "Counter", id: "visits" }, listener);
  };
  return [process, store, listen];
}

test("an event that cannot read the storage reports that nothing was changed, and no more", async () => {
  const [process, store] = processorWith(["works", "works", "fails"]);
  await process(counterMessage({ event: "mount" }));
  const patches = await process(counterMessage());
  expect(patches).toMatchObject([{
    code: "internal",
    message: expect.stringContaining("nothing was changed"),
  }]);
  expect(JSON.stringify(patches)).not.toContain("storage");
  expect(await store.load("Counter", "visits")).toEqual({ count: 0 });
});

test("a commit whose answer was lost is found by its receipt: it counts once, and viewers hear of it", async () => {
  const [process, store, listen] = processorWith([
    "works",
    "works",
    "works",
    "works",
    "works, and then fails",
  ]);
  await process(counterMessage({ event: "mount" }));
  const heard: unknown[] = [];
  listen(({ rev }) => heard.push(rev));
  expect(await process(counterMessage({ eventId: "e1" }))).toMatchObject([{ value: 1, rev: 2 }]);
  expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  expect(heard).toEqual([2]);
});

test("a commit whose answer was lost is reported as uncertain if its event has no eventId", async () => {
  const [process] = processorWith(["works", "works", "works", "works, and then fails"]);
  await process(counterMessage({ event: "mount" }));
  const patches = await process(counterMessage());
  expect(patches).toMatchObject([{
    code: "uncertain",
    message: expect.not.stringContaining("nothing was changed"),
  }]);
});

test("an event whose storage stays away fails with a code that invites a repeat", async () => {
  const [process, store] = processorWith([
    "works",
    "works",
    ...Array(30).fill(["works", "works", "fails"]).flat(),
  ]);
  await process(counterMessage({ event: "mount" }));
  expect(errorCode(await process(counterMessage({ eventId: "e1" })))).toBe("unavailable");
  expect(await store.load("Counter", "visits")).toEqual({ count: 0 });
});
