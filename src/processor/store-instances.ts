import type { Store } from "../persistence/adapter/adapter.ts";
import { addressKey } from "./address.ts";
import { type InstanceChange, type Instances, RefusedCommitError } from "./instances.ts";
import type { ProcessMemory } from "./process-memory.ts";
import { receiptKey } from "./receipts.ts";

/** Keeps instances in a plain store, which has neither revisions nor receipts: this process remembers them. */
export function storeInstances(store: Store, { revisions, receipts }: ProcessMemory): Instances {
  return {
    conditional: false,
    async read(address) {
      const state = await store.load(address.type, address.id);
      if (state === null || state === undefined) return undefined;
      return { state, rev: revisions.get(addressKey(address)) ?? 1, version: undefined };
    },
    async commit(changes, applied) {
      assertOne(changes);
      for (const { type, id, diff, state, rev } of changes) {
        await store.persist(type, id, diff, state);
        revisions.set(addressKey({ type, id }), rev);
      }
      if (applied) receipts.set(receiptKey(applied.event), applied.receipt);
    },
    findReceipt: (event) => Promise.resolve(receipts.get(receiptKey(event))),
  };
}

function assertOne(changes: readonly InstanceChange[]): void {
  if (changes.length <= 1) return;
  const names = changes.map(({ type, id }) => `${type}/${id}`).join(" and ");
  throw new RefusedCommitError(
    `Cannot commit ${names} together: the store has only load and persist; use an adapter`,
  );
}
