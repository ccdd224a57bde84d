import { Draft, refuse, valueAt } from "./draft.ts";
import { edit, textOf, valueOf } from "./edit.ts";
import type { Operation } from "./operation.ts";
import { sameValue } from "./same-value.ts";

/** A second's work, as a {@link Draft} counts it. Operations that need more were made to harm. */
const mostWork = 400_000_000;

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
  let workLeft = mostWork;
  function spend(work: number): void {
    workLeft -= work;
    if (workLeft < 0) throw new Error("together they are too much work");
  }
  let draft = new Draft(state, spend);
  for (const [index, operation] of (operations as readonly Operation[]).entries()) {
    try {
      if (typeof operation !== "object" || operation === null) refuse();
      switch (textOf(operation, "op")) {
        case "copy":
          draft.add(textOf(operation, "path"), valueAt(draft.state, textOf(operation, "from")));
          // What is at two places now is copied again before it changes at one.
          draft = new Draft(draft.state, spend);
          break;
        case "test":
          if (!sameValue(valueAt(draft.state, textOf(operation, "path")), valueOf(operation))) {
            refuse();
          }
          break;
        default:
          edit(draft, operation);
      }
    } catch (cause) {
      const problem = (cause as Error).message;
      throw new Error(`Cannot apply operation ${index}: ${problem}; get the whole state instead`, {
        cause,
      });
    }
  }
  return draft.state;
}
