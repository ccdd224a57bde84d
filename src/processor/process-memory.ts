import { type Address, addressKey } from "./address.ts";
import { BoundedMaps, type Memory } from "./bounded-maps.ts";
import { newEpoch, type Revision } from "./epoch.ts";
import type { InstanceChange } from "./instances.ts";
import type { EventAddress, Receipt } from "./receipts.ts";
import { Turns } from "./turns.ts";

const maxRemembered = 10_000;

/** A write to a plain store that may have taken effect or not. */
export interface UncertainWrite {
  readonly change: InstanceChange;
  readonly applied: { readonly event: EventAddress; readonly receipt: Receipt } | undefined;
}

/** What a process remembers of one storage. */
export interface SourceMemory {
  /** What an instance was when it was written or read last, by the key of its address. */
  readonly revisions: Memory<Revision>;
  /** The receipts of events, by their receipt keys. */
  readonly receipts: Memory<Receipt>;
  /** The last write of an instance, if the store failed to say what became of it, by the key of its address. */
  readonly uncertain: Memory<UncertainWrite>;
  /** The writes that were given up and may still land, by the keys of their addresses. */
  readonly late: Memory<Promise<void>>;
  /** Returns the key under which the events of an instance stand in turn. */
  turnKey(address: Address): string;
}

/**
 * What a process keeps of each storage by its identity, so storages never meet, and a store that is made anew for each
 * request finds what is its own. For stores that cannot, it remembers the latest 10,000 revisions, receipts and
 * uncertain writes, however many storages there are. It keeps no storage alive.
 */
export class ProcessMemory {
  /** Runs the events of one instance one after the other, by turn keys. */
  readonly turns: Turns = new Turns();
  readonly #revisions = new BoundedMaps<Revision>(maxRemembered);
  readonly #receipts = new BoundedMaps<Receipt>(maxRemembered);
  readonly #uncertain = new BoundedMaps<UncertainWrite>(maxRemembered);
  readonly #late = new BoundedMaps<Promise<void>>(Infinity);
  readonly #numbers = new WeakMap<object, number>();
  #count = 0;

  /** Returns what is remembered of one storage. */
  of(source: object | string): SourceMemory {
    const name = this.#nameOf(source);
    return {
      revisions: this.#revisions.of(name),
      receipts: this.#receipts.of(name),
      uncertain: this.#uncertain.of(name),
      late: this.#late.of(name),
      turnKey: (address) => `${name}${addressKey(address)}`,
    };
  }

  /** Returns a text that no other source has, and that holds no source. */
  #nameOf(source: object | string): string {
    if (typeof source === "string") return JSON.stringify(source);
    const number = this.#numbers.get(source) ?? ++this.#count;
    this.#numbers.set(source, number);
    return String(number);
  }
}

/** Returns the revision of an instance that is there. One that this process has not met yet is at its first. */
export function knownRevision(revisions: Memory<Revision>, address: Address): Revision {
  const key = addressKey(address);
  const revision = revisions.get(key) ?? { rev: 1, epoch: newEpoch() };
  revisions.set(key, revision);
  return revision;
}
