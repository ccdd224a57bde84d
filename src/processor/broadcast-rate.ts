import type { Memory } from "./bounded-maps.ts";

/** How many broadcasts of an instance a process makes in a second. */
const rate = 50;
/** How many it makes at once. */
const burst = 100;
const perBroadcast = 1_000 / rate;

/**
 * Takes one broadcast from the bucket of an instance, and returns whether there was one. It fills at a steady rate.
 *
 * @param fullAt The times at which buckets are full, in milliseconds since 1970.
 */
export function takeBroadcast(fullAt: Memory<number>, key: string, now: number): boolean {
  const known = fullAt.get(key) ?? now;
  // A clock that was set back makes no bucket wait.
  const full = known > now + burst * perBroadcast ? now : Math.max(known, now);
  if (full - now > (burst - 1) * perBroadcast) return false;
  fullAt.set(key, full + perBroadcast);
  return true;
}
