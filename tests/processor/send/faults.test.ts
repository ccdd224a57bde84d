import fc from "fast-check";
import { expect, test } from "vitest";
import { type Adapter, createProcessor, MemoryStore } from "../../../mod.ts";
import { instantClock } from "../../support/clock.ts";
import { mortal } from "./mailbox.ts";
import { account, relay, relayFor, seeded } from "./relay.ts";

/** Returns a store of which some calls fail, and some of the commits that fail have taken effect. */
function unreliable(store: Adapter, random: () => number): Adapter {
  async function call<Result>(work: () => Promise<Result>, commits: boolean): Promise<Result> {
    const fate = random();
    if (fate < 0.1) throw new Error("the storage did nothing");
    const result = await work();
    if (commits && fate < 0.2) throw new Error("the answer of the storage was lost");
    return result;
  }
  return {
    name: store.name,
    capabilities: store.capabilities,
    source: {},
    load: (...parameters) => store.load(...parameters),
    persist: (...parameters) => store.persist(...parameters),
    get: (...parameters) => call(() => store.get(...parameters), false),
    async *list(...parameters) {
      await call(() => Promise.resolve(), false);
      yield* store.list(...parameters);
    },
    commit: (writes) => call(() => store.commit(writes), true),
    clear: (type) => store.clear(type),
    close: () => Promise.resolve(),
  };
}

test("however a storage fails and processes end, what was committed is delivered once and in order", async () => {
  let [all, left] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 3, maxLength: 6 }),
      async (seed, deaths) => {
        const memory = new MemoryStore();
        await Promise.all(deaths.map(async (death, index) => {
          const random = seeded(seed + index);
          let commits = 0;
          const { store, killed } = mortal(memory, () => ++commits === death);
          const events = 1 + Math.floor(random() * 8);
          const life = relayFor(unreliable(store, random), { random, events, clock: instantClock });
          // One that is killed never ends.
          await Promise.race([life, killed]);
        }));
        left += (await account(memory)).waiting;
        await createProcessor(relay, memory, { onError: () => {} }).drain();
        const { sent, poison, ...rest } = await account(memory);
        expect(rest).toEqual({ lost: [], wrong: [], dead: poison, waiting: 0 });
        all += sent;
      },
    ),
    { numRuns: 60 },
  );
  expect(all).toBeGreaterThan(200);
  expect(left).toBeGreaterThan(5);
});
