import { ConstraintError } from "../../shared/errors.ts";
import { StorageLimitError } from "../adapter/errors.ts";
import { assertStorable } from "../adapter/value.ts";
import type { DirtyKey, Sent } from "./dirty-keys.ts";
import { identity } from "./identity.ts";

/** A document that storage cannot take as it is, however often it is sent. */
export interface Refusal {
  readonly dirty: DirtyKey;
  /** The change that was refused. */
  readonly change: number;
  readonly error: unknown;
}

/** Returns whether storage can never take what was sent, and has taken nothing of it. */
export function isRefusal(error: unknown): boolean {
  return error instanceof StorageLimitError || error instanceof ConstraintError;
}

/**
 * Returns the documents of a batch that are at fault for a commit that failed; none if storage is at fault, or it is not
 * known which of them are.
 */
export function refusalsOf(batch: readonly Sent[], error: unknown): Refusal[] {
  if (isRefusal(error)) {
    return namedBy(error, batch).map(({ dirty, change }) => ({ dirty, change, error }));
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

/** Returns the document that an error is about. */
function namedBy(error: unknown, batch: readonly Sent[]): readonly Sent[] {
  if (!(error instanceof ConstraintError)) return batch.length === 1 ? batch : [];
  const { type, key } = error;
  const candidates = batch.filter(({ dirty }) => dirty.collection.name === type);
  return candidates.filter(({ dirty }) => {
    return key === undefined ? batch.length === 1 : identity(dirty.key) === identity(key);
  });
}
