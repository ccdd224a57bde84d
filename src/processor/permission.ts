import { describe } from "../shared/describe.ts";
import type { Address } from "./address.ts";
import { NascError } from "./errors.ts";
import type { ProcessContext } from "./options.ts";

/** `true`, or the error that refuses. */
export type Permission = true | NascError;

/**
 * Throws what refuses, if anything does.
 *
 * @throws {NascError}
 */
export function assertPermitted(permission: Permission): void {
  if (permission !== true) throw permission;
}

/**
 * Returns a function that tells whether a message may create its instance, or `undefined` if there is nobody to ask. It
 * asks `mayCreate` at the first call, and all attempts at the message share that answer.
 */
export function permissionToCreate(
  { type, id }: Address,
  { mayCreate }: ProcessContext,
): (() => Promise<Permission>) | undefined {
  if (mayCreate === undefined) return undefined;
  let answer: Promise<Permission> | undefined;

  async function ask(): Promise<Permission> {
    const permission: unknown = await mayCreate!({ type, id });
    if (permission === true || permission instanceof NascError) return permission;
    throw new TypeError(
      `Cannot create ${type}/${id}: mayCreate returned ${describe(permission)}; ` +
        "return true, or a NascError that says why not",
    );
  }

  return () => answer ??= ask();
}
