import type { Address } from "./address.ts";
import type { Revision } from "./epoch.ts";
import type { Gone } from "./gone.ts";
import type { KeyOf } from "./list-keys.ts";
import type { NextState } from "./next-state.ts";
import type { AppliedEvent, Receipt, SoughtEvent } from "./receipts.ts";
import type { QueueChanges } from "./send/queue-writes.ts";
import type { StoredInstance } from "./stored-instance.ts";

/** One instance's part of a commit. */
export interface InstanceChange extends Address, Revision, Omit<NextState, "isChanged"> {
  /** What was read before, or `undefined` for a new instance. */
  readonly before: StoredInstance | undefined;
  /** What was left of an instance of this address, if there was one before a new one. */
  readonly gone: Gone | undefined;
  /** By what the items of its lists are told apart, where they are not by their `id`. */
  readonly keyOf: KeyOf | undefined;
}

/** An instance that a commit deletes, with the revision and epoch that this leads to. */
export interface InstanceDeletion extends Address, Revision {
  readonly before: StoredInstance;
}

/** An instance that was read, and stays as it was: a commit compares it where the storage can. */
export interface InstanceRead extends Address {
  readonly before: StoredInstance | undefined;
  /** What was left of it, if there was one before. */
  readonly gone: Gone | undefined;
}

/** What an event leads to. */
export interface InstanceChanges {
  readonly changes: readonly InstanceChange[];
  readonly deletions: readonly InstanceDeletion[];
  readonly reads: readonly InstanceRead[];
}

/** Thrown by `commit` before anything is written, when what the handler returned does not fit the store. */
export class RefusedCommitError extends TypeError {}

/** How the processor reads and writes instances, whatever stores them. */
export interface Instances {
  /** Whether `commit` notices that an instance has changed since it was read, and throws a `ConflictError`. */
  readonly conditional: boolean;
  read(address: Address): Promise<StoredInstance | undefined>;
  /**
   * Returns an instance as this process has written it last, if it remembers that. Another process may have changed it
   * since, which a commit then notices. Any failure of a commit of the instance makes it forgotten.
   */
  written(address: Address): StoredInstance | undefined;
  /** Returns what is left of an instance that does not exist, if an event has deleted it. */
  findGone(address: Address): Promise<Gone | undefined>;
  /** Returns the epoch of the next state of an instance. */
  nextEpoch(before: Revision | undefined): string;
  /** Writes the changes, the receipt of the event that made them, and what it does to the send queue: all or none. */
  commit(all: InstanceChanges, applied?: AppliedEvent, queue?: QueueChanges): Promise<void>;
  /**
   * Returns the receipt of an event, if it was applied before, or else that of another event with its id.
   *
   * @param found The event's own instance as it was read, or what is left of it.
   * @throws {NascError} `gone` if the event was made on an instance that is no more, and has no receipt
   */
  findReceipt(
    event: SoughtEvent,
    found: { readonly before: StoredInstance | undefined; readonly gone: Gone | undefined },
  ): Promise<Receipt | undefined>;
}
