import type { Capabilities } from "../persistence/adapter/adapter.ts";

/** Which state of an instance is meant. */
export interface Revision {
  /** How many times the instance has changed, from 1; 0 if it is not known. */
  readonly rev: number;
  /** Which creation of the instance this is, and after a `~` what else tells states of one revision apart. */
  readonly epoch: string;
}

// Beyond it, adding one might one day change nothing.
const maxRev = 2 ** 52;

/** The epoch of a first state that is shown and not stored. */
export const unstoredEpoch = "0";

/** Returns the epoch of a new creation. */
export function newEpoch(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 16);
}

/** Returns which creation an epoch belongs to: the part before the `~`. */
export function creationOf(epoch: string): string {
  const end = epoch.indexOf("~");
  return end < 0 ? epoch : epoch.slice(0, end);
}

/** Returns whether a revision is known to come before another one, or to belong to another creation. */
export function isBehind(revision: Revision, { rev, epoch }: Revision): boolean {
  return revision.epoch === epoch
    ? revision.rev < rev
    : creationOf(revision.epoch) !== creationOf(epoch);
}

/** Returns the epoch of the next state of an instance: of the same creation, unless there was none before. */
export function nextEpoch(
  before: Revision | undefined,
  conditional: Capabilities["conditional"],
): string {
  const epoch = before?.epoch ?? newEpoch();
  // Where storage compares nothing, two writes may lead to one revision.
  return conditional === "none" ? `${creationOf(epoch).slice(0, 64)}~${newEpoch()}` : epoch;
}

/** Returns the epoch of a state that was migrated to a version: another one, of the same creation. */
export function migratedEpoch(epoch: string, version: number): string {
  const parts = epoch.split("~").filter((part, index) => index === 0 || !/^v\d+$/.test(part));
  // One that others have written may be as long as an epoch can be.
  return `${parts.join("~").slice(0, 100)}~v${version}`;
}

/** Returns whether a value can be an epoch. */
export function isEpoch(value: unknown): value is string {
  return typeof value === "string" && /^[\w~-]{1,128}$/.test(value);
}

/** Returns whether a value can be a revision. */
export function isRev(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxRev;
}
