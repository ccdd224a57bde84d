import type { Address } from "../processor/address.ts";
import { frameOf } from "../processor/answer.ts";
import { diff } from "../processor/diff.ts";
import type { EventReport } from "../processor/event-report.ts";
import type { InstanceFrame } from "../processor/frames.ts";
import { goneFrame, instanceFrame } from "../processor/instance-frames.ts";
import type { KeyOf } from "../processor/list-keys.ts";
import { differs, operationsBetween } from "../processor/operations-between.ts";
import type { Operation } from "../processor/operations/operation.ts";
import { type Applied, type Failed, type Outcome, viewFailure } from "../processor/outcome.ts";
import type { Projected, Projector } from "../processor/projection.ts";
import type { OutgoingMessage } from "../processor/send/outgoing.ts";
import { toWire } from "../processor/to-wire.ts";
import type { Persisted, Sent, SentMessage } from "./sent.ts";

/** An instance that an event has changed. */
export interface Changed extends Address {
  readonly rev: number;
  readonly epoch: string;
  readonly before: object | undefined;
  /** Without one, the instance was deleted. */
  readonly state: object | undefined;
}

/** An event that was run, with states as they are. */
export interface Run {
  readonly event: string;
  readonly user: unknown;
  readonly outcome: Outcome;
  readonly report: EventReport;
  readonly changed: readonly Changed[];
  /** What it has sent to other instances. */
  readonly sends: readonly OutgoingMessage[];
  /** What it has said to those who look on. */
  readonly broadcasts: readonly unknown[];
  /** What the store shows that it was given to keep. */
  readonly written: readonly Persisted[] | undefined;
  /** The state that is stored afterwards. */
  readonly stored: object | undefined;
  readonly projector: Projector;
  /** Returns why the view of a state has failed, if one did. */
  readonly viewError: () => unknown;
  readonly keyOf: (type: string) => KeyOf | undefined;
}

/** Returns what a test learns of an event. */
export function sentOf(run: Run): Sent {
  const { outcome, report, changed, stored } = run;
  const answered = outcome.ok ? answerOf(run, outcome) : outcome;
  const { before, state: after } = changed.find((other) => isOf(other, report)) ??
    { before: stored, state: stored };
  return {
    eventId: report.eventId,
    outcome: answered.ok ? report.outcome : answered === outcome ? report.outcome : "failed",
    state: stored && structuredClone(stored),
    rev: outcome.ok ? outcome.rev : 0,
    diff: structuredClone(diff(before, after ?? {})),
    ops: structuredClone(operationsOf(before, after)),
    frames: answered.ok ? [asSent(frameOf(answered))] : [],
    sends: run.sends.map(messageOf),
    broadcasts: structuredClone(run.broadcasts),
    writes: run.written ?? changed.map(writeOf),
    error: answered.ok ? undefined : { ...answered.error, cause: answered.cause },
    told: (user) => changed.flatMap((one) => toldOf(run, one, user)),
  };
}

/** Returns an outcome as its sender may see it. */
function answerOf(run: Run, applied: Applied): Applied | Failed {
  const { event, user } = run;
  const { before, shown: { projection: state } } = applied;
  const see = (state: object) => project(run, applied, { state, user });
  const seen: Applied = {
    ...applied,
    before: before && see(before).projection,
    step: undefined,
    ...(state && { shown: see(state) }),
  };
  const isBroken = seen.shown.projection === undefined && seen.shown.code === "internal";
  return isBroken && event === "mount" ? { ...viewFailure(seen), cause: run.viewError() } : seen;
}

/** Returns what a viewer is told of an instance that has changed: nothing, where they see no difference. */
function toldOf(run: Run, changed: Changed, user: unknown): InstanceFrame[] {
  const { type, rev, epoch, before, state } = changed;
  const seen = before && project(run, changed, { state: before, user }).projection;
  const now: Projected = state ? project(run, changed, { state, user }) : { code: "deleted" };
  const { projection } = now;
  if (projection === undefined) return seen ? [goneFrame(changed, now.code)] : [];
  if (seen && !differs(seen, projection, run.keyOf(type))) return [];
  const told = seen && { rev: rev - 1, epoch, projection: seen };
  return [asSent(instanceFrame(changed, { told, now: { rev, epoch, projection } }))];
}

function project(
  { projector }: Run,
  { type, id }: Address,
  { state, user }: { readonly state: object; readonly user: unknown },
): Projected {
  return projector.project(state, { type, id, user });
}

function operationsOf(before: object | undefined, after: object | undefined): readonly Operation[] {
  if (!after) return before ? [{ op: "remove", path: "" }] : [];
  if (!before) return [{ op: "add", path: "", value: after }];
  return operationsBetween(before, after) ?? [{ op: "replace", path: "", value: after }];
}

function messageOf({ type, id, event, payload, delay }: OutgoingMessage): SentMessage {
  return { type, id, event, payload: structuredClone(payload), ...(delay && { delay }) };
}

function writeOf({ type, id, state }: Changed): Persisted {
  if (!state) return { type, key: id, delete: true };
  return { type, key: id, value: structuredClone(state) };
}

/** Returns a frame as a page gets it: JSON. */
function asSent(frame: InstanceFrame): InstanceFrame {
  return JSON.parse(toWire(frame));
}

function isOf(address: Address, { type, id }: EventReport): boolean {
  return address.type === type && address.id === id;
}
