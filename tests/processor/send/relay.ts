import type { Adapter, HandlerContext, Handlers } from "../../../mod.ts";
import { createProcessor, NascError } from "../../../mod.ts";
import type { Clock } from "../../../src/shared/clock.ts";

/** What a sender has sent: to each receiver, how many numbers, and how much that it never takes. */
interface Emitter {
  readonly sent: Readonly<Record<string, number>>;
  readonly poison: number;
}

/** What a receiver has got: from each sender, the last number. */
interface Sink {
  readonly last: Readonly<Record<string, number>>;
  /** What came twice, or not in order. */
  readonly wrong: readonly string[];
}

/** Handlers of which one sends numbers, counted for each receiver, and the other notes what is wrong with those it gets. */
export const relay: Handlers = {
  Emitter: {
    mount: (): Emitter => ({ sent: {}, poison: 0 }),
    emit(to: readonly string[], { sent, poison }: Emitter, context: HandlerContext): Emitter {
      const next = { ...sent };
      let added = 0;
      for (const id of to) {
        next[id] = (next[id] ?? 0) + 1;
        context.send("Sink", id, "take", next[id]);
        if (next[id] % 10 !== 5) continue;
        context.send("Sink", id, "choke", next[id]);
        added++;
      }
      return { sent: next, poison: poison + added };
    },
  },
  Sink: {
    mount: (): Sink => ({ last: {}, wrong: [] }),
    take(n: number, { last, wrong }: Sink, { sender }: HandlerContext): Sink {
      const from = sender!.id;
      const expected = (last[from] ?? 0) + 1;
      return {
        last: { ...last, [from]: n },
        wrong: n === expected ? wrong : [...wrong, `${from}: ${n} in place of ${expected}`],
      };
    },
    choke(n: number): never {
      throw new NascError("poison", `Nobody takes ${n}`);
    },
  },
};

export const emitters: readonly string[] = ["e0", "e1", "e2"];
export const sinks: readonly string[] = ["s0", "s1", "s2", "s3"];

/** Returns how much was sent, how much has arrived, and what is wrong with that. */
export async function account(store: Adapter): Promise<{
  readonly sent: number;
  readonly lost: readonly string[];
  readonly wrong: readonly string[];
  readonly poison: number;
  readonly dead: number;
  readonly waiting: number;
}> {
  const states = await Promise.all(sinks.map((id) => store.load("Sink", id)));
  const lost: string[] = [];
  let [sent, poison] = [0, 0];
  for (const id of emitters) {
    const emitter: Emitter | null = await store.load("Emitter", id);
    poison += emitter?.poison ?? 0;
    for (const [index, sink] of sinks.entries()) {
      const all = emitter?.sent[sink] ?? 0;
      const last = states[index]?.last[id] ?? 0;
      sent += all;
      if (all !== last) lost.push(`${id} has sent ${all} to ${sink}, which has ${last}`);
    }
  }
  let [dead, waiting] = [0, 0];
  for await (const _ of store.list("_nasc_dead")) dead++;
  for await (const _ of store.list("_nasc_outbox")) waiting++;
  return {
    sent,
    lost,
    wrong: states.flatMap((state) => state?.wrong ?? []),
    poison,
    dead,
    waiting,
  };
}

/** Returns a function that returns numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns a store that ends its process just before a commit, or just after it, whichever of them that is. */
export function doomed(
  store: Adapter,
  { commit, isBefore, end }: {
    readonly commit: number;
    readonly isBefore: boolean;
    readonly end: () => void;
  },
): Adapter {
  let count = 0;
  return {
    name: store.name,
    capabilities: store.capabilities,
    source: store.source,
    load: (...parameters) => store.load(...parameters),
    persist: (...parameters) => store.persist(...parameters),
    get: (...parameters) => store.get(...parameters),
    list: (...parameters) => store.list(...parameters),
    async commit(writes) {
      // One that loses its race is no end.
      const isLast = ++count >= commit;
      if (isLast && isBefore) end();
      const versions = await store.commit(writes);
      if (isLast) end();
      return versions;
    },
    clear: (type) => store.clear(type),
    close: () => store.close(),
  };
}

/** Lets random emitters send to random sinks, and delivers what others have left, until the process ends. */
export async function relayFor(
  store: Adapter,
  { random, events, clock }: {
    readonly random: () => number;
    readonly events: number;
    readonly clock?: Clock;
  },
): Promise<void> {
  const process = createProcessor(relay, store, {
    onError: () => {},
    random,
    ...(clock && { clock }),
  });
  const oneOf = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  await process.drain();
  for (let count = 0; count < events; count++) {
    const to = Array.from({ length: 1 + Math.floor(random() * 3) }, () => oneOf(sinks));
    await process({ type: "Emitter", instance: oneOf(emitters), event: "emit", payload: to });
  }
  await process.drain();
}
