import type { ConstraintError } from "../shared/errors.ts";
import { NascError } from "./errors.ts";

// What a person may learn: the words of the storage name its tables and columns.
const sentences: ReadonlyMap<string, string> = new Map([
  ["primary key", "This is already taken"],
  ["unique", "This is already taken"],
  ["not null", "This is required"],
  ["foreign key", "This refers to something that is not there"],
]);

/** Returns whether a constraint of the storage has refused a write: nothing was written, and it never will be. */
export function isConstraintError(error: unknown): error is ConstraintError {
  // By name, since a store may have a class of its own.
  return (error as Error | null | undefined)?.name === "ConstraintError";
}

/**
 * Returns what the page is told of a write that a constraint has refused: the field, and what kind of mistake it is.
 */
export function constraintRefusal(error: ConstraintError): NascError {
  const { field, constraint } = error;
  const message = sentences.get(constraint) ?? "This is not allowed";
  return new NascError("constraint", message, {
    cause: error,
    ...(typeof field === "string" && { fields: Object.fromEntries([[field, message]]) }),
  });
}

/** Returns whether a refusal is the person's alone to mend, so the application need not hear of it. */
export function isTaken({ constraint }: ConstraintError): boolean {
  return constraint === "primary key" || constraint === "unique";
}
