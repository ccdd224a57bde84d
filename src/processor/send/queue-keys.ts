/**
 * The keys of what waits in the send queue. A *lane* is all that one instance has sent to one other, in order: the keys of
 * its entries begin with both addresses, and go on with what counts for the order.
 *
 *     _nasc_outbox   ["Order","7","Stock","tea","0001796061234567","0001796061234567"]
 *     _nasc_delayed  ["0001796061299999","Order","7","Stock","tea","0001796061234568"]
 *
 * @module
 */
import { hash } from "../../shared/hash.ts";
import type { Address } from "../address.ts";

/** From and to whom messages go. */
export interface Pair {
  readonly sender: Address;
  readonly receiver: Address;
}

const digits = 16;
/** Longer names are cut, so a key of four has room on every platform. Two pairs that look the same share a lane. */
const maxLength = 100;

/** Returns what the keys of a lane begin with. */
export function laneOf({ sender, receiver }: Pair): string {
  const names = [sender.type, sender.id, receiver.type, receiver.id].map(short);
  return `${JSON.stringify(names).slice(0, -1)},`;
}

/** Returns what the keys of all lanes of a sender begin with. */
export function senderPrefix({ type, id }: Address): string {
  return `${JSON.stringify([type, id].map(short)).slice(0, -1)},`;
}

/** Returns the key of a message in a lane: its place is `at`, and among those of the same place its number. */
export function laneKey(lane: string, at: number, n: number): string {
  return `${lane}"${padded(at)}","${padded(n)}"]`;
}

/** Returns the lane that a key is of, if it is one. */
export function laneOfKey(key: unknown): string | undefined {
  if (typeof key !== "string") return undefined;
  return /^(\[".*",)"\d{16}","\d{16}"\]$/s.exec(key)?.[1];
}

/** Returns a key after all of those that begin with a prefix, and before all that come after them. */
export function behind(prefix: string): string {
  return `${prefix}~`;
}

/** Returns the key of a message that is due at a time. */
export function delayedKey(lane: string, due: number, n: number): string {
  return `["${padded(due)}",${lane.slice(1)}"${padded(n)}"]`;
}

/** Returns when a delayed message is due, by its key. */
export function dueOfKey(key: unknown): number | undefined {
  const due = typeof key === "string" ? /^\["(\d{16})",/.exec(key)?.[1] : undefined;
  return due === undefined ? undefined : Number(due);
}

function short(name: string): string {
  return name.length <= maxLength ? name : `${name.slice(0, maxLength - 20)}~${hash(name)}`;
}

function padded(number: number): string {
  return String(number).padStart(digits, "0");
}
