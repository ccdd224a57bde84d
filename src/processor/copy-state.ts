import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import { maxDepth, valueKind } from "../persistence/adapter/value.ts";
import { copyJson } from "../shared/copy-json.ts";

/**
 * Returns a copy of a state that a function of the application returned, and may go on changing.
 *
 * @throws {TypeError} if it holds anything that cannot be stored
 */
export function ownState(state: object): object {
  return copyState(state, valueKind(state) === "json");
}

/** Returns a copy of what a message has brought or is answered, whose parts are all its own. */
export function copyPayload(payload: unknown): unknown {
  if (typeof payload !== "object" || payload === null) return payload;
  return isJsonTree(payload, maxDepth) ? copyJson(payload) : structuredClone(payload);
}

/** Returns a copy of a state, a tree of plain JSON if `isPlain`, whose parts are all its own. */
export function copyState<State extends object>(state: State, isPlain: boolean): State {
  return isPlain ? copyJson(state) : structuredClone(state);
}
