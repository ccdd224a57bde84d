import { type Access, accesses } from "./access.ts";
import type { CollectionState } from "./collection-state.ts";
import type { Condition } from "./condition.ts";
import type { Order } from "./order.ts";
import type { QuerySpec } from "./query-spec.ts";

/** How much dearer it is to look at a document and sort it than to look at one that comes in order. */
const SORTING = 3;

/** How a query is going to run. */
export interface Plan {
  readonly access: Access;
  /** What is left to check for each document. */
  readonly conditions: readonly Condition[];
  /** How many documents it is expected to look at. */
  readonly documents: number;
}

/** Picks the access that is expected to look at the fewest documents. */
export function planOf(state: CollectionState, spec: QuerySpec, order: Order): Plan {
  const ways = accesses(state, spec, order);
  const matching = Math.min(...ways.map(({ count }) => count));
  let best: Plan | undefined;
  let lowest = Infinity;
  for (const access of ways) {
    const documents = expected(access, spec, matching);
    const cost = access.inOrder ? documents : documents * SORTING;
    if (cost >= lowest) continue;
    lowest = cost;
    const conditions = spec.conditions.filter((condition) => !access.meets.includes(condition));
    best = { access, conditions, documents };
  }
  return best!;
}

/** In order, a query can stop at its limit; the more documents match, the sooner that is. */
function expected({ inOrder, count }: Access, spec: QuerySpec, matching: number): number {
  const wanted = spec.offset + spec.limit;
  if (!inOrder || wanted >= matching) return count;
  return Math.min(count, Math.ceil(wanted * (count / matching)));
}
