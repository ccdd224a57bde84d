import { ConflictError, StorageLimitError } from "../persistence/adapter/errors.ts";
import { isConstraintError } from "./constraint.ts";
import { NascError } from "./errors.ts";
import { RefusedCommitError } from "./instances.ts";

/** Thrown when a commit failed and may have taken effect or not. */
export class UncertainCommitError extends Error {}

/** Returns what an error of a commit means: that nothing was written, or that nobody knows. */
export function asCommitError(error: unknown): unknown {
  const isFinal = error instanceof ConflictError || error instanceof RefusedCommitError ||
    isConstraintError(error);
  if (isFinal) return error;
  if (error instanceof StorageLimitError) {
    return new NascError("too-large", "This is more than can be stored", { cause: error });
  }
  return new UncertainCommitError("The storage failed during a commit", { cause: error });
}
