import type { Address } from "./address.ts";
import type { Patch } from "./message.ts";

/** What an attempt has committed, or found committed before. */
export interface AttemptResult {
  readonly rev: number;
  /** After a mount, a copy of the whole state. */
  readonly state?: object;
  /** The patches for the sender: of its own instance only. */
  readonly patches: readonly Patch[];
  /** Whether it was committed before, and is only answered again. */
  readonly isRepeat?: true;
  /** The instances whose viewers have something new to see. */
  readonly changed: readonly ChangedInstance[];
}

/** An instance that has changed. Without a state, viewers load it. */
export interface ChangedInstance extends Address {
  readonly rev: number;
  readonly state: object | undefined;
}
