import type { AttemptResult } from "./attempt-result.ts";
import { NascError } from "./errors.ts";
import type { ParsedMessage } from "./parse-message.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * Answers an event that was applied before, by what its instance is now. Its first run may have ended before the viewers
 * heard of it.
 */
export async function repeat(message: ParsedMessage, unit: UnitOfWork): Promise<AttemptResult> {
  const { type, id } = message;
  const now = await unit.before(message);
  if (!now) throw gone();
  const { rev, epoch, state } = now;
  const changed = [{ type, id, rev, epoch, state: undefined }];
  return { rev, epoch, before: undefined, state, operations: undefined, schemas: [], changed };
}

function gone(): NascError {
  return new NascError("gone", "This was deleted after the event was applied");
}
