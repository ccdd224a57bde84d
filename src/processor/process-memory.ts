import { BoundedMap } from "./bounded-map.ts";
import type { Receipt } from "./receipts.ts";

const most = 10_000;

/** What a process remembers for stores that cannot: revisions and receipts, of the latest 10,000 each. */
export class ProcessMemory {
  /** How many times an instance has changed, by its address. */
  readonly revisions: BoundedMap<number> = new BoundedMap(most);
  /** What was answered to events, by their receipt keys. */
  readonly receipts: BoundedMap<Receipt> = new BoundedMap(most);
}
