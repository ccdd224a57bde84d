import type { Address } from "./address.ts";
import type { Revision } from "./epoch.ts";
import type { GoneFrame, InstanceFrame } from "./frames.ts";
import { operationsBetween, type Step } from "./operations-between.ts";

/** Why nothing of an instance is shown: it may not be seen, it was deleted, or its view failed. */
export type GoneCode = "forbidden" | "deleted" | "internal";

/** An instance as a viewer sees it. */
export interface Shown extends Revision {
  /** The state through the viewer's view. It is shared and must not be changed. */
  readonly projection: object;
}

/** What a frame leads from and to. */
export interface FrameOptions {
  /** What the page has; without it, the frame is whole. */
  readonly told: Shown | undefined;
  readonly now: Shown;
  /** What leads from the one to the other, where that is known. */
  readonly step?: Step | undefined;
  /** The ids of the page's own events that the frame contains. */
  readonly eventIds?: readonly string[] | undefined;
}

/** Returns the frame that leads from what a page has to what is now: a patch where that is shorter, or the whole. */
export function instanceFrame(
  { type, id }: Address,
  { told, now, step, eventIds = [] }: FrameOptions,
): InstanceFrame {
  const { rev, epoch, projection } = now;
  const ops = told &&
    (step ? step.operations : operationsBetween(told.projection, projection));
  if (ops === undefined) {
    const state = projection as Readonly<Record<string, unknown>>;
    return { action: "snapshot", type, instance: id, rev, epoch, state };
  }
  return {
    action: "patch",
    type,
    instance: id,
    rev,
    ...(told!.rev !== rev - 1 && { base: told!.rev }),
    ops,
    ...(eventIds.length > 0 && { eventIds }),
  };
}

/** Returns the frame of an instance of which nothing is shown any longer. */
export function goneFrame({ type, id }: Address, code: GoneCode): GoneFrame {
  return { action: "gone", type, instance: id, code };
}
