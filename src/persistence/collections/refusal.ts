import { StorageLimitError } from "../adapter/errors.ts";
import { assertStorable } from "../adapter/value.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";

/** A document that storage cannot take as it is, however often it is sent. */
export interface Refusal {
  readonly dirty: DirtyKey;
  /** The change that was refused. */
  readonly change: number;
  readonly error: unknown;
}

/** Returns the documents of a batch that are at fault for a commit that failed; none if storage is at fault. */
export function refusalsOf(batch: readonly Sent[], error: unknown): Refusal[] {
  if (error instanceof StorageLimitError && batch.length === 1) {
    return [{ dirty: batch[0]!.dirty, change: batch[0]!.change, error }];
  }
  // A failed fetch is a TypeError as well, so look at the values.
  if (!(error instanceof TypeError)) return [];
  return batch.flatMap(({ dirty, change, document }) => {
    try {
      assertStorable(document, `${dirty.collection.name}/${String(dirty.key)}`);
      return [];
    } catch (error) {
      return [{ dirty, change, error }];
    }
  });
}
