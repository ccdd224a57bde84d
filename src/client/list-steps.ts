import type { Operation } from "../processor/operations/operation.ts";
import { namesIn } from "../processor/operations/pointer.ts";

/** One item of a list that comes, goes or moves, with the indexes of its turn. One that changes stays in its place. */
export interface ListStep {
  /** Where it is taken from, or `undefined` if it is new. */
  readonly from: number | undefined;
  /** Where it is put then, or `undefined` if it goes. */
  readonly to: number | undefined;
}

/** An item of the list that a pointer leads to, or into. */
interface Place {
  /** `NaN` if the pointer leads to the list itself, or to what that is in. */
  readonly index: number;
  readonly isInside: boolean;
}

/**
 * Returns what becomes of the items of the list at a path, or `undefined` if operations do more to the list than that.
 * They fit the state.
 */
export function listStepsOf(
  operations: readonly Operation[],
  path: readonly string[],
): readonly ListStep[] | undefined {
  const steps = operations.flatMap((operation) => {
    const target = placeIn(operation.path, path);
    if (operation.op !== "move") return stepsAt(target, operation.op);
    const source = placeIn(operation.from, path);
    const isWithin = source && target && !source.isInside && !target.isInside;
    return isWithin
      ? [{ from: source.index, to: target.index }]
      : [...stepsAt(source, "remove"), ...stepsAt(target, "add")];
  });
  const isMore = steps.some(({ from, to }) => Number.isNaN(from) || Number.isNaN(to));
  return isMore ? undefined : steps;
}

function stepsAt(place: Place | undefined, op: Operation["op"]): ListStep[] {
  if (!place) return [];
  const { index, isInside } = place;
  return [{
    from: op === "add" && !isInside ? undefined : index,
    to: op === "remove" && !isInside ? undefined : index,
  }];
}

function placeIn(pointer: string, path: readonly string[]): Place | undefined {
  const names = namesIn(pointer) ?? [];
  if (path.some((name, depth) => depth < names.length && names[depth] !== name)) return undefined;
  // The end of the list, `-`, is no number either; servers name the index.
  return { index: Number(names[path.length] ?? NaN), isInside: names.length > path.length + 1 };
}
