import { type Address, addressKey } from "./address.ts";
import { BoundedMaps, type Memory } from "./bounded-maps.ts";
import { newEpoch, type Revision } from "./epoch.ts";
import { goneError } from "./errors.ts";
import type { InstanceChange, InstanceDeletion } from "./instances.ts";
import { type AppliedEvent, type Receipt, receiptKey, type SoughtEvent } from "./receipts.ts";
import { Turns } from "./turns.ts";
import { WrittenStates } from "./written-states.ts";

const maxRemembered = 10_000;

/** A write to a plain store that may have taken effect or not. */
export interface UncertainWrite {
  readonly change: InstanceChange;
  readonly applied: AppliedEvent | undefined;
}

/** What a process remembers of one storage. */
export interface SourceMemory {
  /** What an instance was when it was written or read last, by the key of its address. */
  readonly revisions: Memory<Revision>;
  /** Instances that events have deleted, as they were then, by the keys of their addresses. */
  readonly gone: Memory<Revision>;
  /** The receipts of events, by their receipt keys. */
  readonly receipts: Memory<Receipt>;
  /** The last write of an instance, if the store failed to say what became of it, by the key of its address. */
  readonly uncertain: Memory<UncertainWrite>;
  /** The writes that were given up and may still land, by the keys of their addresses. */
  readonly late: Memory<Promise<void>>;
  /** How many messages of a sender wait at most, by the key of its address. */
  readonly waiting: Memory<number>;
  /** When an instance may broadcast as much as it ever may, by the key of its address. */
  readonly broadcasts: Memory<number>;
  /** What was written last, by turn keys. */
  readonly written: WrittenStates;
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
  readonly #gone = new BoundedMaps<Revision>(maxRemembered);
  readonly #receipts = new BoundedMaps<Receipt>(maxRemembered);
  readonly #uncertain = new BoundedMaps<UncertainWrite>(maxRemembered);
  readonly #waiting = new BoundedMaps<number>(maxRemembered);
  readonly #broadcasts = new BoundedMaps<number>(maxRemembered);
  readonly #late = new BoundedMaps<Promise<void>>(Infinity);
  readonly #written = new WrittenStates();
  readonly #numbers = new WeakMap<object, number>();
  #count = 0;

  /** Returns what is remembered of one storage. */
  of(source: object | string): SourceMemory {
    const name = this.#nameOf(source);
    return {
      revisions: this.#revisions.of(name),
      gone: this.#gone.of(name),
      receipts: this.#receipts.of(name),
      uncertain: this.#uncertain.of(name),
      late: this.#late.of(name),
      waiting: this.#waiting.of(name),
      broadcasts: this.#broadcasts.of(name),
      written: this.#written,
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

/** Forgets the revision of an instance that an event deletes, and remembers that it is gone. */
export function rememberGone({ revisions, gone }: SourceMemory, row: InstanceDeletion): void {
  const key = addressKey(row);
  revisions.delete(key);
  gone.set(key, { rev: row.rev, epoch: row.epoch });
}

/**
 * Returns the receipt of an event that this process remembers. Its epochs are its own, so that only those which it knows
 * to be gone refuse an event.
 *
 * @throws {NascError} `gone` if the event was made on an instance that is no more, and has no receipt
 */
export function knownReceipt(
  { gone, receipts }: SourceMemory,
  { type, id, eventId, made }: SoughtEvent,
): Receipt | undefined {
  const receipt = eventId === undefined
    ? undefined
    : receipts.get(receiptKey({ type, id, eventId }));
  const left = made && gone.get(addressKey({ type, id }));
  if (!receipt && left && left.epoch === made.epoch) throw goneError();
  return receipt;
}

/** Returns the revision of an instance that is there. One that this process has not met yet is at its first. */
export function knownRevision(revisions: Memory<Revision>, address: Address): Revision {
  const key = addressKey(address);
  const revision = revisions.get(key) ?? { rev: 1, epoch: newEpoch() };
  revisions.set(key, revision);
  return revision;
}
