import type { Entry, Version } from "../persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../persistence/adapter/errors.ts";
import { assertStorable } from "../persistence/adapter/value.ts";
import { describe, tagOf } from "../shared/describe.ts";
import { hash } from "../shared/hash.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import { isEpoch, type Revision } from "./epoch.ts";

/** One instance as it was read. */
export interface StoredInstance extends Revision {
  readonly state: object;
  /** What a conditional write compares with; `undefined` if the store has no versions. */
  readonly version: Version | undefined;
}

// Beyond it, adding one might one day change nothing.
const maxRev = 2 ** 52;

/**
 * Returns the instance that an adapter's entry holds.
 *
 * @throws {UnreadableEntryError} if it holds no state
 */
export function storedInstance(
  address: Address,
  entry: Entry,
): StoredInstance {
  const { value, metadata, version } = own(entry);
  const rev = readRev(metadata);
  return { state: readState(address, value), rev, epoch: readEpoch(metadata, version), version };
}

/**
 * Returns what is stored as a state. Others can write to a storage too, so it may be anything.
 *
 * @throws {UnreadableEntryError} if it is no state, or holds what cannot have been stored
 */
export function readState({ type, id }: Address, value: unknown): object {
  const place = { type, key: id };
  if (!isState(value)) {
    const problem = `it holds ${describe(value)}, which is no state; restore it or delete it`;
    throw new UnreadableEntryError(place, problem);
  }
  try {
    assertStorable(value, `${type}/${id}`);
    return value;
  } catch (cause) {
    const problem = "its state holds what no state may hold; restore it or delete it";
    throw new UnreadableEntryError(place, problem, { cause });
  }
}

/**
 * Returns the revision in the metadata of an entry. Without one that counts, as when something else wrote the entry, it
 * is 0: an instance that starts over is shown whole, and no state depends on its revision.
 */
export function readRev(metadata: unknown): number {
  if (!isState(metadata) || !Object.hasOwn(metadata, "rev")) return 0;
  const { rev } = metadata as { readonly rev: unknown };
  return isRev(rev) ? rev : 0;
}

/** Returns the epoch in the metadata of an entry or, where something else wrote the entry, one made of its version. */
function readEpoch(metadata: unknown, version: Version): string {
  const epoch = isState(metadata) && Object.hasOwn(metadata, "epoch")
    ? (metadata as { readonly epoch: unknown }).epoch
    : undefined;
  return isEpoch(epoch) ? epoch : hash(version);
}

/** Returns whether a value can be a revision. */
export function isRev(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxRev;
}

/** Returns whether a value is an object with properties: no list, date, map or set. */
export function isState(value: unknown): value is object {
  return typeof value === "object" && value !== null && tagOf(value) === "Object";
}
