import { BoundedMap } from "./bounded-map.ts";
import type { InstanceChange } from "./instances.ts";
import type { EventAddress, Receipt } from "./receipts.ts";

const maxRemembered = 10_000;

/** A write to a plain store that may have taken effect or not. */
export interface UncertainWrite {
  readonly change: InstanceChange;
  readonly applied: { readonly event: EventAddress; readonly receipt: Receipt } | undefined;
}

/** Remembers, for stores that cannot, the latest 10,000 revisions and the latest 10,000 receipts. */
export class ProcessMemory {
  /** How many times an instance has changed, by the key of its address. */
  readonly revisions: BoundedMap<number> = new BoundedMap(maxRemembered);
  /** The receipts of events, by their receipt keys. */
  readonly receipts: BoundedMap<Receipt> = new BoundedMap(maxRemembered);
  /** The last write of an instance, if the store failed to say what became of it, by the key of its address. */
  readonly uncertain: Map<string, UncertainWrite> = new Map();
  /** The writes that were given up and may still land, by the keys of their addresses. */
  readonly late: Map<string, Promise<void>> = new Map();
}
