import type { Store } from "../persistence/adapter/adapter.ts";
import { equal } from "../shared/equal.ts";
import { type Address, addressKey } from "./address.ts";
import { isConstraintError } from "./constraint.ts";
import { diff } from "./diff.ts";
import { newEpoch } from "./epoch.ts";
import { type Instances, RefusedCommitError } from "./instances.ts";
import {
  knownReceipt,
  knownRevision,
  rememberGone,
  type SourceMemory,
  type UncertainWrite,
} from "./process-memory.ts";
import { receiptKey } from "./receipts.ts";
import type { StoreCalls } from "./store-calls.ts";
import { readState, type StoredInstance } from "./stored-instance.ts";

/** Options of {@link storeInstances}. */
export interface StoreInstancesOptions {
  readonly memory: SourceMemory;
  readonly calls: StoreCalls;
  /** Deletes an instance, where the store can. */
  readonly remove?: ((address: Address) => void) | undefined;
}

/** Keeps instances in a plain store, which has neither revisions nor receipts: this process remembers them. */
export function storeInstances(
  store: Store,
  { memory, calls, remove }: StoreInstancesOptions,
): Instances {
  const { revisions, receipts, uncertain } = memory;

  function remember({ change, applied }: UncertainWrite): void {
    const { rev, epoch } = change;
    revisions.set(addressKey(change), { rev, epoch });
    if (applied) receipts.set(receiptKey(applied.event), applied.receipt);
  }

  async function read(address: Address): Promise<StoredInstance | undefined> {
    const key = addressKey(address);
    await calls.released(address);
    const stored = await calls.read(() => store.load(address.type, address.id));
    const found = stored === null || stored === undefined ? undefined : readState(address, stored);
    const write = uncertain.get(key);
    // The store did not say whether it has taken the state; now it shows.
    if (write && equal(found?.state, write.change.state)) remember(write);
    uncertain.delete(key);
    return found && { ...found, ...knownRevision(revisions, address), version: undefined };
  }

  return {
    conditional: false,
    read,
    written: () => undefined,
    nextEpoch: (before) => before?.epoch ?? newEpoch(),
    findGone: () => Promise.resolve(undefined),
    async commit({ changes, deletions }, applied) {
      assertOne([...changes, ...deletions]);
      for (const row of deletions) {
        if (!remove) throw undeletable(row);
        remove(row);
        rememberGone(memory, row);
        if (applied) receipts.set(receiptKey(applied.event), applied.receipt);
      }
      for (const change of changes) {
        const { type, id, before, state } = change;
        const changed = diff(before?.state, state);
        const key = addressKey(change);
        uncertain.set(key, { change, applied });
        try {
          await calls.writeAlone([change], () => store.persist(type, id, changed, state));
        } catch (error) {
          if (isConstraintError(error)) uncertain.delete(key);
          throw error;
        }
        uncertain.delete(key);
        remember({ change, applied });
      }
    },
    findReceipt: async (event) => knownReceipt(memory, event),
  };
}

function undeletable({ type, id }: Address): RefusedCommitError {
  return new RefusedCommitError(
    `Cannot delete ${type}/${id}: the store has only load and persist; use an adapter`,
  );
}

function assertOne(changes: readonly Address[]): void {
  if (changes.length <= 1) return;
  const names = changes.map(({ type, id }) => `${type}/${id}`).join(" and ");
  throw new RefusedCommitError(
    `Cannot commit ${names} together: the store has only load and persist; use an adapter`,
  );
}
