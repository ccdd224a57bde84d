import { BoundedMap } from "./bounded-map.ts";
import type { Receipt } from "./receipts.ts";

const maxRemembered = 10_000;

/** Remembers, for stores that cannot, the latest 10,000 revisions and the latest 10,000 receipts. */
export class ProcessMemory {
  /** How many times an instance has changed, by the key of its address. */
  readonly revisions: BoundedMap<number> = new BoundedMap(maxRemembered);
  /** The receipts of events, by their receipt keys. */
  readonly receipts: BoundedMap<Receipt> = new BoundedMap(maxRemembered);
}
