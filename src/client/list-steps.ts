import type { Operation } from "../processor/operations/operation.ts";
import { namesIn } from "../processor/operations/pointer.ts";
import type { PropertyPath } from "./path.ts";

/** One item of a list that comes, goes or moves, with the indexes of its turn. */
export interface ListStep {
  /** Where it is taken from, or `undefined` if it is new. */
  readonly from: number | undefined;
  /** Where it is put then, or `undefined` if it goes. */
  readonly to: number | undefined;
}

/**
 * Returns which items come, go and move in the list at a path, or `undefined` if operations do more to the list than that
 * and to change what is in its items. They fit the state.
 */
export function listStepsOf(
  operations: readonly Operation[],
  path: PropertyPath,
): readonly ListStep[] | undefined {
  const steps: ListStep[] = [];
  for (const operation of operations) {
    if (operation.op === "test") continue;
    const to = indexAt(operation.path, path);
    const from = operation.op === "move" ? indexAt(operation.from, path) : outside;
    if (Number.isNaN(to) || Number.isNaN(from)) return undefined;
    if (operation.op === "remove") {
      if (to !== outside) steps.push({ from: to, to: undefined });
    } else if (operation.op !== "replace" && (from !== outside || to !== outside)) {
      steps.push({
        from: from === outside ? undefined : from,
        to: to === outside ? undefined : to,
      });
    }
  }
  return steps;
}

const outside = -1;

/**
 * Returns the index of the item that a pointer names, `outside` if it leads elsewhere or into an item, and `NaN` if it
 * names the list or what that is in.
 */
function indexAt(pointer: string, path: PropertyPath): number {
  const names = namesIn(pointer) ?? [];
  const isApart = path.some((name, depth) => depth < names.length && names[depth] !== name);
  if (isApart || names.length > path.length + 1) return outside;
  // The end of the list, `-`, is no number either; servers name the index.
  return names.length > path.length ? Number(names[path.length]) : NaN;
}
