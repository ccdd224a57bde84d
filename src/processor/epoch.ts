/** Which state of an instance is meant. */
export interface Revision {
  /** How many times the instance has changed, from 1; 0 if it is not known. */
  readonly rev: number;
  /** Which creation of the instance this is, and after a `~` what else tells states of one revision apart. */
  readonly epoch: string;
}

/** Returns the epoch of a new creation. */
export function newEpoch(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 16);
}

/** Returns whether a value can be an epoch. */
export function isEpoch(value: unknown): value is string {
  return typeof value === "string" && /^[\w~-]{1,128}$/.test(value);
}
