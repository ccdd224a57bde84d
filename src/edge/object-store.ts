import { DurableObjectStore } from "../../adapters/durable-object.ts";
import type { PutWrite, Version, Write } from "../persistence/adapter/adapter.ts";
import type { Address } from "../processor/address.ts";
import { newEpoch } from "../processor/epoch.ts";
import { rescueDelay } from "../processor/send/elsewhere.ts";
import { dueOfKey, laneKey, laneOfKey } from "../processor/send/queue-keys.ts";
import type { QueuedMessage } from "../processor/send/queued-message.ts";
import {
  deadType,
  delayedType,
  importedType,
  numbersType,
  outboxType,
  queueTypes,
} from "../processor/side-types.ts";
import type { Clock } from "../shared/clock.ts";
import type { ObjectAlarm } from "./object-alarm.ts";
import type { ObjectContext } from "./platform.ts";

const key = "sent";

/** The last number that was drawn, which series of numbers that is of, and for whom. */
interface Numbers {
  readonly series: string;
  readonly n: number;
  readonly sender?: Address;
}

/** Options of {@link ObjectStore}. */
export interface ObjectStoreOptions {
  readonly clock: Clock;
  readonly alarm: ObjectAlarm;
}

/**
 * The storage of an object. What enters the send queue gets a number as it is committed, higher than that of whatever was
 * there before, be it new, due by now, or sent again: its receiver takes each number once. And an alarm is set that comes
 * if the object ends before it has delivered.
 */
export class ObjectStore extends DurableObjectStore {
  readonly #options: ObjectStoreOptions;
  #numbers: Numbers = { series: newEpoch(), n: 0 };

  constructor(storage: ObjectContext["storage"], options: ObjectStoreOptions) {
    super(storage, { clock: options.clock });
    this.#options = options;
  }

  /** Finds out which number is the next. Nothing is sent before. */
  async loadNumbers(): Promise<void> {
    const entry = await this.get(numbersType, key);
    if (entry) this.#numbers = entry.value as Numbers;
  }

  /** The instance of the object, once it has sent anything that was due. */
  get sender(): Address | undefined {
    return this.#numbers.sender;
  }

  /** Commits at once, so no number is overtaken by a later one. */
  override commit(writes: readonly Write[]): Promise<readonly (Version | null)[]> {
    const queued = writes.filter(isQueued);
    if (queued.length === 0) return super.commit(writes);
    const time = this.#dueOf(queued);
    if (time !== undefined) this.#options.alarm.by(time);
    const { n } = this.#numbers;
    const all: Write[] = writes.map((write) => isEntering(write) ? this.#number(write) : write);
    if (this.#numbers.n > n) all.push({ type: numbersType, key, value: this.#numbers });
    for (const write of queued) if (isImported(write)) all.push(noteOf(write));
    return super.commit(all);
  }

  /** Returns by when somebody has to look for what these writes leave in the queue. */
  #dueOf(queued: readonly PutWrite[]): number | undefined {
    const rescue = this.#options.clock.now() + rescueDelay;
    let due: number | undefined;
    for (const { type, key, value } of queued) {
      if (type === deadType) continue;
      const time = type === delayedType
        ? dueOfKey(key)
        : Math.max(rescue, (value as QueuedMessage).after ?? 0);
      if (time !== undefined && time < (due ?? Infinity)) due = time;
    }
    return due;
  }

  #number(write: PutWrite): PutWrite {
    const { series } = this.#numbers;
    const n = this.#numbers.n + 1;
    const message = write.value as QueuedMessage;
    const { type, id } = message.sender;
    this.#numbers = { series, n, sender: { type, id } };
    const value: QueuedMessage = { ...message, epoch: series, n };
    return { ...write, key: laneKey(laneOfKey(write.key)!, n, n), value };
  }
}

function isQueued(write: Write): write is PutWrite {
  return Object.hasOwn(write, "value") && queueTypes.includes(write.type);
}

/** Returns whether a write puts a message into a lane that was not there. */
function isEntering(write: Write): write is PutWrite {
  return write.type === outboxType && isQueued(write) && typeof write.ifVersion !== "string";
}

/** Returns whether a message comes from another storage: of its own, none is new under a condition. */
function isImported({ ifVersion }: PutWrite): boolean {
  return ifVersion === null;
}

/** Returns the write that notes that a message was imported, and fails if it was before. */
function noteOf({ value }: PutWrite): PutWrite {
  const { eventId } = value as QueuedMessage;
  return { type: importedType, key: eventId, value: true, ifVersion: null };
}
