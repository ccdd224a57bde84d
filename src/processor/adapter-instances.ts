import type { Adapter, Write } from "../persistence/adapter/adapter.ts";
import type { Instances } from "./instances.ts";
import { findReceipt, receiptWrite } from "./receipts.ts";

/** Keeps instances as entries of an adapter, each with its revision as metadata beside the state. */
export function adapterInstances(adapter: Adapter, options: { receiptTtl: number }): Instances {
  const conditional = adapter.capabilities.conditional !== "none";
  return {
    conditional,
    async read({ type, id }) {
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
