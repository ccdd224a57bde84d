import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import { maxDepth, valueKind } from "../persistence/adapter/value.ts";
import { copyJson } from "../shared/copy-json.ts";
import { equal } from "../shared/equal.ts";
import { copyState } from "./copy-state.ts";
import type { KeyOf } from "./list-keys.ts";
import { applyOperations } from "./operations/apply-operations.ts";
import { makeOperations } from "./operations/make-operations.ts";
import type { Operation } from "./operations/operation.ts";
import type { StoredInstance } from "./stored-instance.ts";

/** The state that an instance is to have. */
export interface NextState {
  /** What is the same as before is shared with the state before, where both are plain. */
  readonly state: object;
  /** Whether this state and the one before are trees of plain JSON. */
  readonly isPlain: boolean;
  /** Whether the state differs from the one before. */
  readonly isChanged: boolean;
  /** What leads from the state before to this one; `undefined` where it goes whole. */
  readonly operations: readonly Operation[] | undefined;
}

/**
 * Returns what becomes of an instance by a state that a function of the application returned. It keeps nothing of what
 * it is given: the function may go on changing that.
 *
 * @throws {TypeError} if the state holds anything that cannot be stored
 */
export function nextState(
  given: object,
  before: StoredInstance | undefined,
  keyOf: KeyOf | undefined,
): NextState {
  const isPlain = valueKind(given) === "json";
  if (!before) {
    return { state: copyState(given, isPlain), isPlain, isChanged: true, operations: undefined };
  }
  const operations = makeOperations(before.state, given, { keyOf });
  if (!isPlain || !isPlainInstance(before)) {
    const isChanged = !equal(before.state, given);
    return {
      state: isChanged ? structuredClone(given) : before.state,
      isPlain: false,
      isChanged,
      operations: operations && structuredClone(operations),
    };
  }
  const copy = operations && copyJson(operations);
  const shared = copy && sharedState(before.state, copy);
  if (!shared) {
    return { state: copyState(given, isPlain), isPlain, isChanged: true, operations: undefined };
  }
  return { state: shared, isPlain, isChanged: copy.length > 0, operations: copy };
}

/** Returns the state that operations lead to, or `undefined` where that takes too long: an object is too large. */
function sharedState(before: object, operations: readonly Operation[]): object | undefined {
  try {
    return applyOperations(before, operations) as object;
  } catch {
    return undefined;
  }
}

function isPlainInstance(
  { state, isPlain = isJsonTree(state, maxDepth) }: StoredInstance,
): boolean {
  return isPlain;
}
