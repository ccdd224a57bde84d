import type { Address } from "./address.ts";
import type { Revision } from "./epoch.ts";
import type { KeyOf } from "./list-keys.ts";
import type { NextState } from "./next-state.ts";
import type { EventAddress, Receipt } from "./receipts.ts";
import type { StoredInstance } from "./stored-instance.ts";

/** One instance's part of a commit. */
export interface InstanceChange extends Address, Revision, Omit<NextState, "isChanged"> {
  /** What was read before, or `undefined` for a new instance. */
  readonly before: StoredInstance | undefined;
  /** By what the items of its lists are told apart, where they are not by their `id`. */
  readonly keyOf: KeyOf | undefined;
}

/** Thrown by `commit` before anything is written, when what the handler returned does not fit the store. */
export class RefusedCommitError extends TypeError {}

/** How the processor reads and writes instances, whatever stores them. */
export interface Instances {
  /** Whether `commit` notices that an instance has changed since it was read, and throws a `ConflictError`. */
  readonly conditional: boolean;
  read(address: Address): Promise<StoredInstance | undefined>;
  /** Returns the epoch of the next state of an instance. */
  nextEpoch(before: Revision | undefined): string;
  /** Writes the changes, and the receipt of the event that made them: all or none. */
  commit(
    changes: readonly InstanceChange[],
    applied?: { event: EventAddress; receipt: Receipt },
  ): Promise<void>;
  /** Returns the receipt of an event, if it was applied before. */
  findReceipt(event: EventAddress): Promise<Receipt | undefined>;
}
