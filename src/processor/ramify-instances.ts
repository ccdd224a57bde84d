import { ConflictError } from "../persistence/adapter/errors.ts";
import { equal } from "../shared/equal.ts";
import type { StoreMethods } from "../store/ramify.ts";
import { addressKey } from "./address.ts";
import { isConstraintError } from "./constraint.ts";
import { newEpoch } from "./epoch.ts";
import {
  type InstanceChange,
  type InstanceRead,
  type Instances,
  RefusedCommitError,
} from "./instances.ts";
import { knownReceipt, knownRevision, rememberGone, type SourceMemory } from "./process-memory.ts";
import { receiptKey } from "./receipts.ts";

/** The part of a collection that is used here, whatever its documents are. */
interface AnyCollection {
  readonly primaryKey: string;
  get(key: string): object | undefined;
  put(document: object): unknown;
  delete(key: string): unknown;
}

/** Writes a document. What a collection refuses, such as a list in an indexed field, it will always refuse. */
function put(collection: AnyCollection, document: object): void {
  try {
    collection.put(document);
  } catch (error) {
    if (isConstraintError(error)) throw error;
    throw new RefusedCommitError((error as Error).message, { cause: error });
  }
}

/** Keeps instances as documents of a Ramify db: a type is a collection, an id a primary key. */
export function ramifyInstances(
  db: StoreMethods,
  memory: SourceMemory,
): Instances {
  const { revisions, receipts } = memory;

  function collection(type: string): AnyCollection {
    const found = Object.hasOwn(db, type)
      ? (db as unknown as Record<string, AnyCollection>)[type]
      : undefined;
    if (!found) {
      throw new Error(`Cannot run events of ${type}: the db has no such collection; declare it`);
    }
    return found;
  }

  function assertUnchanged({ type, id, before }: Omit<InstanceRead, "gone">): void {
    const current = collection(type).get(id);
    if (current !== before?.state && !equal(current, before?.state)) {
      throw new ConflictError("Ramify", type, id);
    }
  }

  function assertOwnKey({ type, id, state }: InstanceChange): void {
    const { primaryKey } = collection(type);
    const key = (state as Record<string, unknown>)[primaryKey];
    if (key === id) return;
    throw new RefusedCommitError(
      `Cannot store ${type}/${id}: the ${primaryKey} of its state is ${
        JSON.stringify(key)
      }; return the instance's own`,
    );
  }

  return {
    conditional: true,
    read(address) {
      const { type, id } = address;
      const state = collection(type).get(id);
      return Promise.resolve(
        state &&
          { state, isPlain: undefined, ...knownRevision(revisions, address), version: undefined },
      );
    },
    written: () => undefined,
    nextEpoch: (before) => before?.epoch ?? newEpoch(),
    findGone: () => Promise.resolve(undefined),
    commit({ changes, deletions, reads }, applied) {
      changes.forEach(assertOwnKey);
      db.transaction(() => {
        [...changes, ...deletions, ...reads].forEach(assertUnchanged);
        if (applied && receipts.has(receiptKey(applied.event))) {
          throw new ConflictError("Ramify", applied.event.type, applied.event.id);
        }
        for (const { type, state } of changes) put(collection(type), state);
        for (const { type, id } of deletions) collection(type).delete(id);
      });
      for (const change of changes) {
        const { rev, epoch } = change;
        revisions.set(addressKey(change), { rev, epoch });
      }
      for (const row of deletions) rememberGone(memory, row);
      if (applied) receipts.set(receiptKey(applied.event), applied.receipt);
      return Promise.resolve();
    },
    findReceipt: async (event) => knownReceipt(memory, event),
  };
}
