import type { Adapter, Write } from "../persistence/adapter/adapter.ts";
import { nextEpoch } from "./epoch.ts";
import { logAfter } from "./history.ts";
import type { InstanceChange, Instances } from "./instances.ts";
import { roomForLog, writeMetadata } from "./metadata.ts";
import { findReceipt, receiptWrite } from "./receipts.ts";
import type { StoreCalls } from "./store-calls.ts";
import { storedInstance } from "./stored-instance.ts";

/** Options of {@link adapterInstances}. */
export interface AdapterInstancesOptions {
  readonly calls: StoreCalls;
  /** In milliseconds. */
  readonly receiptTtl: number;
  /** Whether the way back to earlier states is kept. */
  readonly history: boolean;
}

/** Keeps instances as entries of an adapter, each with metadata beside the state. */
export function adapterInstances(
  adapter: Adapter,
  { calls, receiptTtl, history }: AdapterInstancesOptions,
): Instances {
  const conditional = adapter.capabilities.conditional !== "none";
  // Without comparing, nothing says which state a revision was.
  const room = history && conditional ? roomForLog(adapter.capabilities.maxMetadataBytes) : 0;

  function metadataOf(change: InstanceChange): object {
    const { before, rev, epoch } = change;
    const log = room > 0 ? logAfter(change, room) : undefined;
    return writeMetadata({ rev, epoch, floor: before?.floor, receipts: before?.receipts, log });
  }

  return {
    conditional,
    async read(address) {
      const { type, id } = address;
      if (!conditional) await calls.released(address);
      const entry = await calls.read(() => adapter.get(type, id));
      return entry && storedInstance(address, entry);
    },
    nextEpoch: (before) => nextEpoch(before, adapter.capabilities.conditional),
    async commit(changes, applied) {
      const writes = changes.map((change): Write => ({
        type: change.type,
        key: change.id,
        value: change.state,
        metadata: metadataOf(change),
        ...(conditional && { ifVersion: change.before?.version ?? null }),
      }));
      if (applied) {
        const { event, receipt } = applied;
        writes.push(receiptWrite(adapter, event, { receipt, ttl: receiptTtl }));
      }
      // A conditional write that lands late finds another version, and fails.
      if (conditional) await calls.write(() => adapter.commit(writes));
      else await calls.writeAlone(changes, () => adapter.commit(writes));
    },
    async findReceipt(event) {
      if (!conditional) await calls.released(event);
      return await calls.read(() => findReceipt(adapter, event));
    },
  };
}
