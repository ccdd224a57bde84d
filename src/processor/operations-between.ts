import type { KeyOf } from "./list-keys.ts";
import { applyOperations } from "./operations/apply-operations.ts";
import { makeOperations } from "./operations/make-operations.ts";
import type { Operation } from "./operations/operation.ts";

/** What leads from one state to another. */
export interface Step {
  /** They are `undefined` where the state itself is shorter. */
  readonly operations: readonly Operation[] | undefined;
}

/** The last step that was made from each state, and where it has led. */
const steps = new WeakMap<object, Step & { readonly after: object }>();

/**
 * Returns the operations that lead from one state to another, or `undefined` where the state itself is shorter. Both are
 * shared and never change, so it is found out once.
 */
export function operationsBetween(
  before: object,
  after: object,
  keyOf?: KeyOf,
): readonly Operation[] | undefined {
  if (before === after) return [];
  const known = steps.get(before);
  if (known?.after === after) return known.operations;
  const operations = makeOperations(before, after, { keyOf });
  steps.set(before, { after, operations });
  return operations;
}

/** Notes what leads from one state to another. */
export function remember(before: object, after: object, { operations }: Step): void {
  if (before !== after) steps.set(before, { after, operations });
}

/** Returns whether a page sees a difference between two states. */
export function differs(before: object, after: object, keyOf?: KeyOf): boolean {
  return operationsBetween(before, after, keyOf)?.length !== 0;
}

/**
 * Returns a state that is like `after` and shares with `before` all that is the same: `before` itself, if that is
 * everything. What comes next is then mostly compared by identity.
 */
export function sharing(before: object, after: object, keyOf?: KeyOf): object {
  if (before === after) return before;
  const operations = makeOperations(before, after, { keyOf });
  if (operations === undefined) return after;
  return applyOperations(before, operations) as object;
}
