import { applyOperations } from "./operations/apply-operations.ts";
import { makeOperations } from "./operations/make-operations.ts";
import type { Operation } from "./operations/operation.ts";

/** A state, and what leads to it. */
interface Step {
  readonly after: object;
  readonly operations: readonly Operation[] | undefined;
}

/** The last step that was made from each state. */
const steps = new WeakMap<object, Step>();

/**
 * Returns the operations that lead from one state to another, or `undefined` where the state itself is shorter. Both are
 * shared and never change, so it is found out once.
 */
export function operationsBetween(
  before: object,
  after: object,
): readonly Operation[] | undefined {
  if (before === after) return [];
  const known = steps.get(before);
  if (known?.after === after) return known.operations;
  const operations = makeOperations(before, after);
  steps.set(before, { after, operations });
  return operations;
}

/** Returns whether a page sees a difference between two states. */
export function differs(before: object, after: object): boolean {
  return operationsBetween(before, after)?.length !== 0;
}

/**
 * Returns a state that is like `after` and shares with `before` all that is the same: `before` itself, if that is
 * everything. What comes next is then mostly compared by identity.
 */
export function sharing(before: object, after: object): object {
  if (before === after) return before;
  const operations = makeOperations(before, after);
  if (operations === undefined) return after;
  return applyOperations(before, operations) as object;
}
