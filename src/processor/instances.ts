import type { Adapter, Version, Write } from "../persistence/adapter/adapter.ts";
import type { Address } from "./address.ts";
import { type EventAddress, findReceipt, type Receipt, receiptWrite } from "./receipts.ts";

/** The state of one instance, as it was read. */
export interface StoredInstance {
  readonly state: object;
  /** How many times the instance has changed, from 1. */
  readonly rev: number;
  /** What a conditional write compares with; `undefined` where the store has no versions. */
  readonly version: Version | undefined;
}

/** One instance's part of a commit. */
export interface InstanceChange extends Address {
  /** What was read before, or `undefined` for a new instance. */
  readonly before: StoredInstance | undefined;
  readonly state: object;
  readonly rev: number;
  readonly diff: Record<string, unknown>;
}

/** A commit was refused before anything was written: what the handler returned does not fit the store. */
export class RefusedCommitError extends TypeError {}

/** How the processor reads and writes instances, whatever holds them. */
export interface Instances {
  /** Whether `commit` notices that somebody else has written in between, and throws a `ConflictError`. */
  readonly conditional: boolean;
  read(type: string, id: string): Promise<StoredInstance | undefined>;
  /** Writes the changes, and the receipt of the event that made them, all or none. */
  commit(
    changes: readonly InstanceChange[],
    applied?: { event: EventAddress; receipt: Receipt },
  ): Promise<void>;
  /** The receipt of an event, if it was applied before. */
  findReceipt(event: EventAddress): Promise<Receipt | undefined>;
}

/** Instances as the entries of an adapter; the revision is kept as metadata beside the state. */
export function adapterInstances(adapter: Adapter, options: { receiptTtl: number }): Instances {
  const conditional = adapter.capabilities.conditional !== "none";
  return {
    conditional,
    async read(type, id) {
      const entry = await adapter.get(type, id);
      if (!entry) return undefined;
      const rev = (entry.metadata as { rev?: number } | undefined)?.rev ?? 0;
      return { state: entry.value as object, rev, version: entry.version };
    },
    async commit(changes, applied) {
      const writes = changes.map(({ type, id, before, state, rev }): Write => ({
        type,
        key: id,
        value: state,
        metadata: { rev },
        ...(conditional && { ifVersion: before?.version ?? null }),
      }));
      if (applied) {
        const { event, receipt } = applied;
        writes.push(receiptWrite(adapter, event, { receipt, ttl: options.receiptTtl }));
      }
      await adapter.commit(writes);
    },
    findReceipt: (event) => findReceipt(adapter, event),
  };
}
