import type { AttemptResult } from "./attempt-result.ts";
import { unstoredEpoch } from "./epoch.ts";
import type { ParsedMessage } from "./parse-message.ts";
import type { UnitOfWork } from "./unit-of-work.ts";

/**
 * Answers an event that was applied before, by what its instance is now. Its first run may have ended before the viewers
 * heard of it.
 */
export async function repeat(message: ParsedMessage, unit: UnitOfWork): Promise<AttemptResult> {
  const { type, id } = message;
  const { before, gone } = await unit.found(message);
  const { rev, epoch } = before ?? gone ?? { rev: 0, epoch: unstoredEpoch };
  const changed = [{ type, id, rev, epoch, state: undefined }];
  const state = before?.state;
  return { rev, epoch, before: undefined, state, operations: undefined, schemas: [], changed };
}
