/**
 * What stands for an array in its document while its items are rows of another table: in which generation of that
 * table they are. Rows that others have deleted are so told from those that went with a table that was dropped.
 *
 * @module
 */
import type { MappedArray } from "./types.ts";

/** What is kept in place of an array; of one without items, that it is there. */
export function standIn({ generation }: MappedArray, length: number): unknown {
  return length === 0 ? [] : { generation };
}

/** Whether something stands for an array. */
export function isStandIn(stored: unknown): boolean {
  return Array.isArray(stored) && stored.length === 0 || generationOf(stored) !== undefined;
}

/** Whether an array had items, and the table that they were in is gone. */
export function isLost({ items, generation }: MappedArray, stored: unknown): boolean {
  const storedIn = generationOf(stored);
  return storedIn !== undefined && (!items.isThere || storedIn < generation);
}

function generationOf(stored: unknown): number | undefined {
  if (typeof stored !== "object" || stored === null || !Object.hasOwn(stored, "generation")) {
    return undefined;
  }
  const { generation } = stored as { readonly generation: unknown };
  return typeof generation === "number" ? generation : undefined;
}
