import { Draft } from "./draft.ts";
import type { Operation } from "./operation.ts";
import { ownValue } from "./record.ts";
import { sameValue } from "./same-value.ts";

/**
 * Returns the state that operations lead to (JSON Patch, RFC 6902). Neither the state nor a value in the operations is
 * changed, frozen or not, and what no operation touches is shared with the new state, as are the operations' values.
 * Operations reach own properties of plain objects and items of lists, and nothing else.
 *
 * @throws {Error} if an operation is malformed or does not fit the state, or if all together are too much work
 */
export function applyOperations(state: unknown, operations: readonly Operation[]): unknown {
  if (!Array.isArray(operations)) {
    throw new Error("Cannot apply operations: they are no list; pass a list");
  }
  const draft = new Draft(state);
  for (const [index, operation] of (operations as readonly Operation[]).entries()) {
    try {
      applyTo(draft, operation);
    } catch (cause) {
      const problem = (cause as Error).message;
      throw new Error(`Cannot apply operation ${index}: ${problem}; get the whole state instead`, {
        cause,
      });
    }
  }
  return draft.state;
}

function applyTo(draft: Draft, operation: Operation): void {
  if (typeof operation !== "object" || operation === null) throw new Error("it is no object");
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
    case "copy":
      return draft.add(path, draft.share(textOf(operation, "from")));
    case "test":
      if (sameValue(draft.read(path), valueOf(operation))) return;
      throw new Error("another value is there");
    default:
      throw new Error("there is no such operation");
  }
}

function move(draft: Draft, from: string, path: string): void {
  if (path.startsWith(`${from}/`)) throw new Error("nothing moves into itself");
  if (from === path) draft.read(from);
  else draft.add(path, draft.remove(from));
}

// Only what an operation has itself counts: another library may have added to Object.prototype.
function valueOf(operation: Operation): unknown {
  const value = ownValue(operation, "value");
  if (value === undefined) throw new Error("it has no value");
  return value;
}

function textOf(operation: Operation, name: "op" | "path" | "from"): string {
  const text = ownValue(operation, name);
  if (typeof text !== "string") throw new Error(`it has no ${name}`);
  return text;
}
