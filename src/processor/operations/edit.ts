import { type Draft, refuse } from "./draft.ts";
import type { Operation } from "./operation.ts";
import { ownValue } from "./record.ts";

/**
 * Makes the change of one operation in a draft.
 *
 * @throws {Error} if it is malformed, does not fit the state or is none that changes it: `test`, `copy`
 */
export function edit(draft: Draft, operation: Operation): void {
  const path = textOf(operation, "path");
  switch (textOf(operation, "op")) {
    case "add":
      return draft.add(path, valueOf(operation));
    case "remove":
      draft.remove(path);
      return;
    case "replace":
      return draft.replace(path, valueOf(operation));
    case "move":
      return move(draft, textOf(operation, "from"), path);
    default:
      refuse();
  }
}

function move(draft: Draft, from: string, path: string): void {
  // Nothing moves into itself.
  if (path.startsWith(`${from}/`)) refuse();
  draft.add(path, draft.remove(from));
}

/** Returns what an operation adds. Only its own properties count: another library may have added to Object.prototype. */
export function valueOf(operation: Operation): unknown {
  const value = ownValue(operation, "value");
  return value === undefined ? refuse() : value;
}

/** Returns a text of an operation, its own. */
export function textOf(operation: Operation, name: "op" | "path" | "from"): string {
  const text = ownValue(operation, name);
  return typeof text === "string" ? text : refuse();
}
