import type { Address } from "../processor/address.ts";
import type { GoneCode, Shown } from "../processor/instance-frames.ts";
import type { ErrorPatch, Patch, SchemaPatch } from "../processor/message.ts";
import type { Encoded } from "./encoded.ts";

/** What a viewer sees, in the words of no protocol. */
export type Sight = ShownSight | GoneSight | RefusedSight | LeftSight | SaidSight | FramedSight;

/** An instance as it is. */
export interface ShownSight extends Address {
  readonly kind: "shown";
  /** What the page has of it. Without it, the page is to take the whole. */
  readonly told: Shown | undefined;
  readonly now: Shown;
  /** Whether other viewers see the very same. */
  readonly isShared: boolean;
  /** The ids of the page's own events that have led here. */
  readonly eventIds: readonly string[];
  /** Schemas that come with the first sight of an instance. */
  readonly schemas: readonly SchemaPatch[];
}

/** An instance of which nothing is seen any longer. */
export interface GoneSight extends Address {
  readonly kind: "gone";
  readonly code: GoneCode;
}

/** An instance that is not followed, and why. */
export interface RefusedSight extends Address {
  readonly kind: "refused";
  readonly error: ErrorPatch;
  /** After how many milliseconds it may be followed, where that is known. */
  readonly retryAfter?: number | undefined;
}

/** An instance that the page has let go. What comes of it from here on belongs to its next opening. */
export interface LeftSight extends Address {
  readonly kind: "left";
}

/** What an object shows of its instance, as the page gets it; nothing where its protocol has no words for it. */
export interface FramedSight extends Address {
  readonly kind: "framed";
  readonly encoded: Encoded | undefined;
}

/** What somebody else has to say of an instance, in protocol 1. */
export interface SaidSight extends Address {
  readonly kind: "said";
  readonly patches: readonly Patch[];
}
