/**
 * The way back to the earlier states of an instance: the inverse operations of its latest changes, as many as have room
 * in its metadata. A log is one text with a line for each change, the newest first, so that a commit neither parses nor
 * copies what it does not need.
 *
 * @module
 */
import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import { assertStorable, maxDepth } from "../persistence/adapter/value.ts";
import { equal } from "../shared/equal.ts";
import type { InstanceChange } from "./instances.ts";
import { isState } from "./is-state.ts";
import { firstLines, maxLogBytes } from "./metadata.ts";
import { applyOperations } from "./operations/apply-operations.ts";
import { inverseOf } from "./operations/inverse.ts";
import { JsonSizes } from "./operations/json-sizes.ts";
import { makeOperations } from "./operations/make-operations.ts";
import type { Operation } from "./operations/operation.ts";
import type { StoredInstance } from "./stored-instance.ts";

/** What an instance becomes, and what leads to it from what it was, if that is known. */
type LoggedChange =
  & Omit<InstanceChange, "operations">
  & Partial<Pick<InstanceChange, "operations">>;

/** How many bytes the log may take beside the smallest state. */
const leastLog = 256;

/** What leads back. `copy` is not among them: a few of them make a small state a huge one. */
const kinds: readonly unknown[] = ["add", "remove", "replace", "move"];

/**
 * Returns the state of an instance at an earlier revision of its epoch, or `undefined` where the way back is not known.
 * It shares what did not change with the state now, and must not be changed.
 */
export function undone(instance: StoredInstance, rev: number): object | undefined {
  const { state, log } = instance;
  const steps = instance.rev - rev;
  if (steps === 0) return state;
  if (!(steps > 0) || !log) return undefined;
  const lines = log.split("\n", steps);
  if (lines.length < steps) return undefined;
  try {
    const earlier = applyOperations(state, lines.flatMap(readStep));
    assertStorable(earlier);
    return isState(earlier) ? earlier : undefined;
  } catch {
    // Others can write to a storage too. Without a way back, the state goes whole.
    return undefined;
  }
}

/**
 * Returns the log after a change, in so many bytes of JSON, and in no more than the state itself or 256: the oldest steps
 * go first. There is none where the change itself has no way back: it is too long, or holds what JSON does not.
 */
export function logAfter(
  change: LoggedChange,
  room: number,
): string | undefined {
  const { before, rev, state } = change;
  if (!before || rev === before.rev) return before?.log;
  const step = stepBack(change, before);
  if (step === undefined) return undefined;
  // A way back that is longer than the state saves nothing, since the state may go whole.
  const most = Math.min(room, Math.max(leastLog, new JsonSizes().sizeOf(state, room)));
  return firstLines(before.log ? `${step}\n${before.log}` : step, most) || undefined;
}

function stepBack(
  { state, isPlain, keyOf, operations: forth }: LoggedChange,
  before: StoredInstance,
): string | undefined {
  // Where the state went whole, so does the one before.
  const operations: readonly Operation[] = forth &&
      ((isPlain && before.isPlain && inverseOf(forth, before.state)) ||
        makeOperations(state, before.state, { keyOf })) ||
    [{ op: "replace", path: "", value: before.state }];
  if (new JsonSizes().sizeOf(operations, maxLogBytes) >= maxLogBytes) return undefined;
  if (!isPlain) {
    if (!isJsonTree(operations, maxDepth)) return undefined;
    // What is the same as JSON, such as a property that is `undefined` and one that is not there, makes no operation.
    if (!leadsTo(before.state, state, operations)) return undefined;
  }
  return swapQuotes(JSON.stringify(operations));
}

function leadsTo(goal: object, state: object, operations: readonly Operation[]): boolean {
  try {
    return equal(applyOperations(state, operations), goal);
  } catch {
    return false;
  }
}

function readStep(line: string): Operation[] {
  const operations: Operation[] = JSON.parse(swapQuotes(line));
  if (Array.isArray(operations) && operations.every(({ op }) => kinds.includes(op))) {
    return operations;
  }
  throw new Error("This leads nowhere");
}

/** Swaps the two quotes: in the JSON of the metadata, each quote of JSON inside a text would take two bytes. */
function swapQuotes(text: string): string {
  if (!text.includes("'")) return text.replaceAll('"', "'");
  return text.replace(/["']/g, (quote) => quote === '"' ? "'" : '"');
}
