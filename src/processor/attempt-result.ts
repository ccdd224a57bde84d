import type { Address } from "./address.ts";
import type { Broadcast } from "./broadcasts.ts";
import type { Revision } from "./epoch.ts";
import type { SchemaPatch } from "./message.ts";
import type { Operation } from "./operations/operation.ts";

/** An instance as it is. */
export interface InstanceNow extends Revision {
  /** The state, which is shared and must not be changed; `undefined` where the instance was deleted. */
  readonly state: object | undefined;
}

/** What an attempt has committed, or found committed before: the message's instance, and what has changed. */
export interface AttemptResult extends InstanceNow {
  /**
   * The state before the event. Without one, the sender is shown the whole state: after a mount, of a new instance, and
   * where the event was applied before.
   */
  readonly before: object | undefined;
  /**
   * What leads from the state before to this one; `undefined` where that is longer than the state. It may hold what JSON
   * does not, as states may.
   */
  readonly operations: readonly Operation[] | undefined;
  /** After a mount, the schemas that the sender may see. */
  readonly schemas: readonly SchemaPatch[];
  /** Whether the event was applied before, and is only answered again. */
  readonly isRepeat?: true;
  /** The instances whose viewers have something new to see. */
  readonly changed: readonly ChangedInstance[];
  /** What those are to hear who look on. */
  readonly broadcasts?: readonly Broadcast[] | undefined;
}

/** An instance that has changed. Without a state, viewers load it, and may find that it was deleted. */
export interface ChangedInstance extends Address, Revision {
  readonly state: object | undefined;
}
