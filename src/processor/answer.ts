import { diff } from "./diff.ts";
import type { AcceptedAnswer, InstanceFrame } from "./frames.ts";
import { goneFrame, instanceFrame } from "./instance-frames.ts";
import { gonePatch, updatePatches } from "./make-patches.ts";
import type { Patch } from "./message.ts";
import { differs } from "./operations-between.ts";
import type { Applied, Outcome } from "./outcome.ts";

/** The answer of protocol 1 to a message that was applied. */
export interface FirstAnswer extends Pick<AcceptedAnswer, "ok" | "eventId" | "rev"> {
  readonly patches: readonly Patch[];
}

/** Returns what protocol 1 says of an outcome. */
export function patchesOf(outcome: Outcome): Patch[] {
  if (!outcome.ok) return [outcome.error];
  const { before, shown, schemas } = outcome;
  if (shown.projection === undefined) return [...schemas, gonePatch(outcome, shown.code)];
  return [...schemas, ...updatePatches(outcome, diff(before, shown.projection))];
}

/** Returns the frame in which protocol 2 says what an event has changed for its sender. */
export function frameOf(outcome: Applied): InstanceFrame {
  const { base, before, step, rev, epoch, shown } = outcome;
  const { projection } = shown;
  if (projection === undefined) return goneFrame(outcome, shown.code);
  return instanceFrame(outcome, {
    told: before && { rev: base, epoch, projection: before },
    now: { rev, epoch, projection },
    step,
  });
}

/** Returns whether the sender of an event has seen the instance before and sees a difference now. */
export function isChangeSeen(
  { before, step, shown: { projection } }: Applied,
): boolean {
  if (before === undefined || projection === undefined) return false;
  return step ? step.operations?.length !== 0 : differs(before, projection);
}

/** Returns the answer of protocol 1. */
export function firstAnswerOf(outcome: Applied): FirstAnswer {
  const { ok, eventId, rev } = outcome;
  return { ok, eventId, rev, patches: patchesOf(outcome) };
}

/** Returns the answer of protocol 2, without what the sender's own stream brings. */
export function answerOf(
  outcome: Applied,
  { isStreamed = false }: { readonly isStreamed?: boolean } = {},
): AcceptedAnswer {
  const { ok, eventId, rev, epoch } = outcome;
  return {
    ok,
    eventId,
    rev,
    epoch,
    ...(isStreamed ? { streamed: true } : { patches: [frameOf(outcome)] }),
  };
}
