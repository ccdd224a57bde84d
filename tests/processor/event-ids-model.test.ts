import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Adapter,
  type Handlers,
  type InstanceStore,
  MemoryStore,
  NascError,
  type Store,
} from "../../mod.ts";
import { patchesOf } from "../../src/processor/answer.ts";
import { Engine } from "../../src/processor/engine.ts";
import type { Outcome } from "../../src/processor/outcome.ts";
import { ProcessMemory } from "../../src/processor/process-memory.ts";
import { instantClock } from "../support/clock.ts";

/** How one call of a storage ends. */
type Fate = "works" | "fails" | "works, and then fails";

/** What a user sends to a tenant's counter, and whether they send it again until it is answered for good. */
interface Step {
  readonly tenant: "a" | "b";
  readonly user: "ann" | "bob" | undefined;
  readonly id: "1" | "2";
  readonly event: "add" | "look" | "refuse";
  readonly payload: number;
  readonly eventId: "x" | "y" | "z";
  readonly insists: boolean;
}

const handlers: Handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    add: (by: number, state: { count: number }) => ({ count: state.count + by }),
    look: (_payload, state) => state,
    refuse() {
      throw new NascError("refused", "The counter is closed");
    },
  },
};

/** The data of one tenant, whose stores are made anew for each request. */
interface Tenant {
  /** Returns a store whose calls end as the fates say, and work once there are none left. */
  open(fates: Iterator<Fate>): InstanceStore;
}

function caller(fates: Iterator<Fate>): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    const { value: fate = "works" } = fates.next();
    if (fate === "fails") throw new Error("the storage did nothing");
    const result = await work();
    if (fate === "works, and then fails") throw new Error("the answer of the storage was lost");
    return result;
  };
}

function plainTenant(name: string): Tenant {
  const states = new Map<string, unknown>();
  return {
    open(fates): Store {
      const call = caller(fates);
      return {
        source: name,
        load: (type, id) => call(async () => structuredClone(states.get(`${type}/${id}`) ?? null)),
        persist: (type, id, _diff, full) =>
          call(async () => void states.set(`${type}/${id}`, structuredClone(full))),
      };
    },
  };
}

function adapterTenant(conditional: Adapter["capabilities"]["conditional"]): Tenant {
  const store = new MemoryStore();
  return {
    open(fates) {
      const call = caller(fates);
      return Object.assign(Object.create(store) as Adapter, {
        source: store,
        capabilities: { ...store.capabilities, conditional },
        get: (type: string, key: string) => call(() => store.get(type, key)),
        commit: (writes: Parameters<Adapter["commit"]>[0]) => call(() => store.commit(writes)),
      });
    },
  };
}

const kinds: readonly (readonly [string, (name: string) => Tenant])[] = [
  ["an adapter", () => adapterTenant("process")],
  ["an adapter where the last write wins", () => adapterTenant("none")],
  ["a plain store", plainTenant],
];

const step: fc.Arbitrary<Step> = fc.record({
  tenant: fc.constantFrom("a", "b"),
  user: fc.constantFrom("ann", "bob", undefined),
  id: fc.constantFrom("1", "2"),
  event: fc.constantFrom("add", "add", "add", "look", "refuse"),
  payload: fc.constantFrom(1, 10),
  eventId: fc.constantFrom("x", "y", "z"),
  insists: fc.boolean(),
});
const fates = fc.array(fc.constantFrom<Fate>("works", "works", "fails", "works, and then fails"), {
  maxLength: 12,
});

/** Returns the code of an outcome's error, if it has one. */
function codeOf(outcome: Outcome): string | undefined {
  return outcome.ok ? undefined : outcome.error.code;
}

/** What an id stands for: it is known, or one of several that may have been applied. */
interface Known {
  readonly claim: string;
  readonly by: number;
  readonly outcome: Outcome | undefined;
}

/** What a tenant's counter must be by the rule. */
class Model {
  count = 0;
  readonly known = new Map<string, Known>();
  /** The claims of an id whose senders went away without an answer. */
  readonly open = new Map<string, Known[]>();

  /** Takes note of a step and its outcome, and returns whether the rule allows it. */
  allows({ user, event, payload, eventId }: Step, outcome: Outcome): boolean {
    const claim = JSON.stringify([user, event, payload]);
    const code = codeOf(outcome);
    const known = this.known.get(eventId);
    const open = this.open.get(eventId) ?? [];
    if (code === "unavailable") {
      if (!known && event === "add") {
        this.open.set(eventId, [...open, { claim, by: payload, outcome: undefined }]);
      }
      return true;
    }
    if (known) {
      if (claim !== known.claim) return code === "event-id-reused";
      if (known.outcome) return JSON.stringify(outcome) === JSON.stringify(known.outcome);
      return outcome.ok;
    }
    if (code === "event-id-reused") {
      // Somebody's event was applied after all, though nobody was told.
      const others = open.filter((other) => other.claim !== claim);
      this.open.set(eventId, others);
      return others.length > 0;
    }
    if (event === "refuse") return code === "refused";
    if (event === "look") return outcome.ok && patchesOf(outcome).length === 0;
    this.open.delete(eventId);
    this.known.set(eventId, { claim, by: payload, outcome });
    this.count += payload;
    return outcome.ok;
  }

  /** Returns every count that the counter may have. */
  get counts(): Set<number> {
    let counts = [this.count];
    for (const claims of this.open.values()) {
      counts = counts.flatMap((count) => [count, ...claims.map(({ by }) => count + by)]);
    }
    return new Set(counts);
  }
}

describe.for(kinds)("tenants with %s each", ([, makeTenant]) => {
  test("have ids of their own, each of one event, payload and user, however the storage fails", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(step, fates), { minLength: 1, maxLength: 14 }),
        async (steps) => {
          const memory = new ProcessMemory();
          const tenants = { a: makeTenant("a"), b: makeTenant("b") };
          const options = {
            memory,
            clock: instantClock,
            random: () => 0,
            onError: () => {},
            lastWriteWins: true,
          };
          function engine(tenant: Step["tenant"], fates: readonly Fate[] = []): Engine {
            return new Engine(handlers, tenants[tenant].open(fates[Symbol.iterator]()), options);
          }
          const models = new Map<string, Model>();
          for (const tenant of ["a", "b"] as const) {
            for (const id of ["1", "2"]) {
              models.set(`${tenant}${id}`, new Model());
              expect((await engine(tenant).mount({ type: "Counter", id })).ok).toBe(true);
            }
          }
          for (const [step, fates] of steps) {
            const { tenant, user, id, event, payload, eventId, insists } = step;
            const message = { type: "Counter", instance: id, event, payload, eventId };
            const outside = user === undefined ? {} : { user };
            let outcome = await engine(tenant, fates).run(message, outside);
            while (insists && codeOf(outcome) === "unavailable") {
              outcome = await engine(tenant).run(message, outside);
            }
            const model = models.get(`${tenant}${id}`)!;
            expect([step, outcome, model.allows(step, outcome)]).toEqual([step, outcome, true]);
          }
          for (const [name, { counts }] of models) {
            const mounted = await engine(name[0] as Step["tenant"])
              .mount({ type: "Counter", id: name[1]! });
            expect(mounted.ok && counts.has((mounted.state as { count: number }).count)).toBe(true);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
