/**
 * What undo does when several people work on a board: it takes back one's own latest change, and nothing that anybody
 * else has done. So a board keeps no earlier states, which hold the work of others, but what each change has done to
 * one card or list. A change that cannot be taken back without touching the work of others any more (somebody has
 * renamed, moved or removed the same thing since) is passed over. The latest 20 changes of a board are kept.
 */
import {
  type Card,
  changed,
  find,
  type Item,
  itemsIn,
  type List,
  moved,
  type Place,
  put,
  take,
} from "./board-items.ts";

type Values = Partial<Card & List & { readonly title: string }>;

/** A change, as it can be taken back. */
export type Step =
  & {
    /** The id of whoever made it. */
    readonly by: string;
    /** What was done, in words. */
    readonly what: string;
    /** The card or list; `""` for the board itself. */
    readonly id: string;
  }
  & (
    | { readonly did: "add"; readonly item: Item }
    | { readonly did: "remove"; readonly from: Place; readonly item: Item }
    | { readonly did: "move"; readonly from: Place; readonly to: Place }
    | { readonly did: "set"; readonly before: Values; readonly after: Values }
  );

interface Undoable {
  readonly title: string;
  readonly lists: readonly List[];
  readonly steps: readonly Step[];
}

const most = 20;

/** Returns a board that keeps one more change. */
export function withStep<B extends Undoable>(board: B, step: Step): B {
  return { ...board, steps: [...board.steps, step].slice(-most) };
}

/** Returns the latest change of a person that can be taken back, and the board without it. */
export function lastOf<B extends Undoable>(
  board: B,
  by: string,
): { readonly step: Step; readonly board: B } | undefined {
  for (const step of board.steps.toReversed()) {
    const before = step.by === by ? without(board, step) : undefined;
    if (before) {
      return {
        step,
        board: { ...before, steps: board.steps.filter((each) => each !== step) },
      };
    }
  }
  return undefined;
}

/** Returns a board as it would be without a change, or `undefined` if others have built on it. */
function without<B extends Undoable>(board: B, step: Step): B | undefined {
  if (step.id === "" && step.did === "set") {
    return board.title === step.after.title ? { ...board, ...step.before } : undefined;
  }
  const now = find(board, step.id);
  if (step.did === "remove") {
    return !now && itemsIn(board, step.from.in) ? put(board, step.item, step.from) : undefined;
  }
  if (!now) return undefined;
  switch (step.did) {
    case "add":
      return isEqual(now.item, step.item) ? take(board, step.id) : undefined;
    case "move":
      // Where it is within a list depends on what others do to the cards around it.
      return now.in === step.to.in && itemsIn(board, step.from.in)
        ? moved(board, step.id, step.from)
        : undefined;
    case "set": {
      const item: Values = now.item;
      const isSame = Object.entries(step.after).every(([name, value]) =>
        item[name as keyof Values] === value
      );
      return isSame ? changed(board, step.id, step.before) : undefined;
    }
  }
}

function isEqual(one: Item, other: Item): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
