import type { Adapter, Write } from "../persistence/adapter/adapter.ts";
import type { Instances } from "./instances.ts";
import { findReceipt, receiptWrite } from "./receipts.ts";
import type { StoreCalls } from "./store-calls.ts";
import { storedInstance } from "./stored-instance.ts";

/** Keeps instances as entries of an adapter, each with its revision as metadata beside the state. */
export function adapterInstances(
  adapter: Adapter,
  { calls, receiptTtl }: { readonly calls: StoreCalls; readonly receiptTtl: number },
): Instances {
  const conditional = adapter.capabilities.conditional !== "none";
  return {
    conditional,
    async read(address) {
      const { type, id } = address;
      if (!conditional) await calls.released(address);
      const entry = await calls.read(() => adapter.get(type, id));
      return entry && storedInstance(address, entry);
    },
    async commit(changes, applied) {
      const writes = changes.map(({ type, id, before, state, rev, epoch }): Write => ({
        type,
        key: id,
        value: state,
        metadata: { rev, epoch },
        ...(conditional && { ifVersion: before?.version ?? null }),
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
