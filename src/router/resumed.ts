import type { Address } from "../processor/address.ts";
import type { Engine } from "../processor/engine.ts";
import type { Have } from "../processor/have.ts";
import { undone } from "../processor/history.ts";
import type { Shown } from "../processor/instance-frames.ts";
import type { Projected } from "../processor/projection.ts";
import { wireTag } from "../processor/wire-tag.ts";
import type { ReadState } from "./shared-states.ts";

/** What is needed to take up what a page has. */
export interface ResumeOptions {
  /** What the page says that it has. */
  readonly have: Have;
  readonly now: ReadState;
  /** Returns a state as the page's user may see it. */
  readonly project: (state: object) => Projected;
}

/**
 * Returns what a page has, if it is sure that it has it, and what the instance is now. What its user sees of the
 * revision that it names must have the tag that it names.
 */
export async function resumed(
  engine: Engine,
  address: Address,
  { have, now, project }: ResumeOptions,
): Promise<{ readonly told: Shown; readonly now: ReadState } | undefined> {
  const { rev, epoch, tag } = have;
  if (epoch !== now.epoch || rev > now.rev) return undefined;
  const found = rev === now.rev ? { now, state: now.state } : await undo(engine, address, have);
  const projection = found?.state && project(found.state).projection;
  if (!projection || wireTag(projection) !== tag) return undefined;
  return { told: { rev, epoch, projection }, now: found.now };
}

/** Returns an instance as it is stored now, and the state that it had at an earlier revision. */
async function undo(
  engine: Engine,
  address: Address,
  { rev, epoch }: Have,
): Promise<{ readonly now: ReadState; readonly state: object | undefined } | undefined> {
  // A storage that fails now fails no mount that it has answered: the page gets the whole.
  const stored = await engine.read(address).catch(() => undefined);
  if (stored?.epoch !== epoch || stored.rev < rev) return undefined;
  return { now: stored, state: undone(stored, rev) };
}
