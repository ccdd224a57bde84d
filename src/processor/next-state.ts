import { copyLike } from "../persistence/adapter/json-copy.ts";
import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import { maxDepth, valueKind } from "../persistence/adapter/value.ts";
import { equal } from "../shared/equal.ts";
import { copyState } from "./copy-state.ts";
import type { KeyOf } from "./list-keys.ts";
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
  if (!before) return whole(given);
  if (!isPlainInstance(before)) return changed(given, before, keyOf);
  const state = copyLike(given, before.state, maxDepth);
  if (state === before.state) return { ...nothing, state };
  if (!state) return changed(given, before, keyOf);
  const operations = makeOperations(before.state, state, { keyOf });
  // What is the same but for what JSON does not tell apart, such as the order of properties, is no change.
  if (operations?.length === 0) return { ...nothing, state: before.state };
  return { state, isPlain: true, isChanged: true, operations };
}

const nothing = { isPlain: true, isChanged: false, operations: [] } as const;

/** Returns the first state of an instance. */
function whole(given: object): NextState {
  const isPlain = valueKind(given) === "json";
  return { state: copyState(given, isPlain), isPlain, isChanged: true, operations: undefined };
}

/** Returns a state where it, or the one before, holds what JSON does not. */
function changed(
  given: object,
  before: StoredInstance,
  keyOf: KeyOf | undefined,
): NextState {
  // Throws if it cannot be stored.
  valueKind(given);
  const operations = makeOperations(before.state, given, { keyOf });
  const isChanged = !equal(before.state, given);
  return {
    state: isChanged ? structuredClone(given) : before.state,
    isPlain: false,
    isChanged,
    operations: operations && structuredClone(operations),
  };
}

function isPlainInstance(
  { state, isPlain = isJsonTree(state, maxDepth) }: StoredInstance,
): boolean {
  return isPlain;
}
