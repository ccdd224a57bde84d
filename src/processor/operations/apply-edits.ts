import { Draft } from "./draft.ts";
import { edit } from "./edit.ts";
import type { Operation } from "./operation.ts";

/**
 * Returns the state that a server's operations lead to, as `applyOperations` does, for a page, which downloads this: a
 * server sends it no `test` and no `copy`, and no more work than a page can do.
 *
 * @throws {Error} if an operation is another one, is malformed or does not fit the state
 */
export function applyEdits(state: unknown, operations: readonly Operation[]): unknown {
  const draft = new Draft(state);
  for (const operation of operations) edit(draft, operation);
  return draft.state;
}
