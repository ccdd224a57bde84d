import type { AccessPath } from "./access.ts";
import type { QuerySpec } from "./query-spec.ts";

/** The cost of looking at a document and sorting it, as a multiple of looking at one that comes in order. */
const sortingCost = 3;

/** How a query is going to run. */
export interface Plan {
  readonly access: AccessPath;
  /** How many documents it is expected to look at. */
  readonly documents: number;
}

/** Picks the access that is expected to look at the fewest documents. */
export function planOf(ways: readonly AccessPath[], { offset, limit }: QuerySpec): Plan {
  const matching = Math.min(...ways.map(({ count }) => count));
  let best: Plan | undefined;
  let lowest = Infinity;
  for (const access of ways) {
    const { inOrder, count } = access;
    // In order, a query can stop at its limit; the more documents match, the sooner that is.
    const share = inOrder ? Math.min(1, (offset + limit) / (matching || 1)) : 1;
    const documents = Math.ceil(count * share);
    const cost = inOrder ? documents : documents * sortingCost;
    if (cost >= lowest) continue;
    lowest = cost;
    best = { access, documents };
  }
  return best!;
}
