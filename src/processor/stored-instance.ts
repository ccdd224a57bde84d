import type { Entry, Version } from "../persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../persistence/adapter/errors.ts";
import { type ValueKind, valueKind } from "../persistence/adapter/value.ts";
import { describe } from "../shared/describe.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import { isState } from "./is-state.ts";
import { type Metadata, readMetadata } from "./metadata.ts";

/** One instance as it was read. What it holds is shared and must not be changed. */
export interface StoredInstance extends Metadata {
  readonly state: object;
  /** Whether the state is a tree of plain JSON, where that is known. */
  readonly isPlain?: boolean | undefined;
  /** Whether the state is not stored as it is here, but as one of an older version. */
  readonly isMigrated?: boolean;
  /** What a conditional write compares with; `undefined` if the store has no versions. */
  readonly version: Version | undefined;
}

/**
 * Returns the instance that an adapter's entry holds.
 *
 * @throws {UnreadableEntryError} if it holds no state
 */
export function storedInstance(address: Address, entry: Entry): StoredInstance {
  const { value, metadata, version } = own(entry);
  return { ...readMetadata(metadata, version), ...readState(address, value), version };
}

/**
 * Returns what is stored as a state. Others can write to a storage too, so it may be anything.
 *
 * @throws {UnreadableEntryError} if it is no state, or holds what cannot have been stored
 */
export function readState(
  { type, id }: Address,
  state: unknown,
): { readonly state: object; readonly isPlain: boolean } {
  const place = { type, key: id };
  if (!isState(state)) {
    const problem = `it holds ${describe(state)}, which is no state; restore it or delete it`;
    throw new UnreadableEntryError(place, problem);
  }
  let kind: ValueKind;
  try {
    kind = valueKind(state, `${type}/${id}`);
  } catch (cause) {
    const problem = "its state holds what no state may hold; restore it or delete it";
    throw new UnreadableEntryError(place, problem, { cause });
  }
  return { state, isPlain: kind === "json" };
}
