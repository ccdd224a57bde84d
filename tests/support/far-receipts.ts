import type { Adapter } from "../../mod.ts";
import { spill } from "../../src/processor/far-receipts.ts";
import { fingerprintOf } from "../../src/processor/fingerprint.ts";
import { lineOf } from "../../src/processor/near-receipts.ts";
import { systemClock } from "../../src/shared/clock.ts";

const day = 86_400_000;
const spilledTogether = 12;

/** Where receipts are kept, and as of when. */
export interface Keeping {
  readonly type?: string;
  readonly id?: string;
  /** The time of the events, in milliseconds. */
  readonly time?: number;
  readonly ttl?: number;
}

/** Keeps receipts of a counter's events, each of which has added 1, as so many events would have. */
export async function keepReceipts(
  store: Adapter,
  eventIds: readonly string[],
  { type = "Counter", id = "visits", time = systemClock.now(), ttl = day }: Keeping = {},
): Promise<void> {
  const claim = { userKey: "-", fingerprint: fingerprintOf("add", 1) };
  for (let start = 0; start < eventIds.length; start += spilledTogether) {
    const lines = eventIds.slice(start, start + spilledTogether)
      .map((eventId) => lineOf({ eventId, claim, rev: 1, time })).join("");
    const spilled = { lines, since: time - ttl, ttl, floor: 0, report: () => {} };
    const writes = await spill(store, { type, id }, spilled);
    await store.commit(writes);
  }
}

/** Returns ids that no other event has. */
export function eventIds(count: number): string[] {
  return Array.from({ length: count }, () => crypto.randomUUID());
}

/** Returns some of many, from the first to the last. */
export function samples<Item>(items: readonly Item[], count: number): Item[] {
  const step = (items.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => items[Math.round(index * step)]!);
}

/** What was read of a store. */
export interface Reads {
  gets: number;
  lists: number;
}

/** Returns a store that counts what is read of it. */
export function counting(store: Adapter): { readonly store: Adapter; readonly reads: Reads } {
  const reads: Reads = { gets: 0, lists: 0 };
  const counted: Adapter = new Proxy(store, {
    get(target, name) {
      if (name === "get") reads.gets++;
      if (name === "list" || name === "pages") reads.lists++;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { store: counted, reads };
}
