import type { Adapter, Entry, Write } from "../../persistence/adapter/adapter.ts";
import { ConflictError } from "../../persistence/adapter/errors.ts";
import { own } from "../../shared/own.ts";
import type { Address } from "../address.ts";
import { deadType, delayedType, outboxType } from "../side-types.ts";
import type { StoreCalls } from "../store-calls.ts";
import { behind, dueOfKey, laneKey, laneOf, laneOfKey, senderPrefix } from "./queue-keys.ts";
import {
  type BuriedMessage,
  type Death,
  type QueuedMessage,
  type StoredMessage,
  storedMessage,
} from "./queued-message.ts";

/** How many entries are read together. In any adapter that is one read, so none is missing that others follow. */
export const batchSize = 32;

/** Options of {@link Outbox}. */
export interface OutboxOptions {
  readonly calls: StoreCalls;
  /** Receives what is wrong with an entry that is passed over. */
  readonly report: (error: unknown) => void;
}

/** The entries of a storage that make up the send queue. Each write compares, so of several processes one succeeds. */
export class Outbox {
  readonly #adapter: Adapter;
  readonly #calls: StoreCalls;
  readonly #report: (error: unknown) => void;

  constructor(adapter: Adapter, { calls, report }: OutboxOptions) {
    this.#adapter = adapter;
    this.#calls = calls;
    this.#report = report;
  }

  /** Returns the first messages of a lane, in order, and whether there may be more. */
  async lane(
    lane: string,
    limit: number,
  ): Promise<{ readonly messages: readonly StoredMessage[]; readonly hasMore: boolean }> {
    for (let after = lane;;) {
      const entries = await this.#entries(outboxType, { after, limit });
      const found = entries.filter(({ key }) => isOf(key, lane));
      const messages = this.#messages(outboxType, found);
      const hasMore = found.length === limit;
      if (messages.length > 0 || !hasMore) return { messages, hasMore };
      // None of these holds a message, and those that do come behind them.
      after = String(entries.at(-1)!.key);
    }
  }

  /** Yields the lanes in which something waits. */
  async *lanes(): AsyncGenerator<string> {
    for (let after = "";;) {
      const entries = await this.#entries(outboxType, { after, limit: batchSize });
      let last: string | undefined;
      for (const { key } of entries) {
        const lane = laneOfKey(key);
        if (lane === undefined || lane === last) continue;
        yield last = lane;
      }
      if (entries.length < batchSize) return;
      // A lane may go on for longer, and is read where it is delivered.
      const end = String(entries.at(-1)!.key);
      after = last !== undefined && isOf(end, last) ? behind(last) : end;
    }
  }

  /** Returns the lanes in which something of a sender waits. */
  async lanesOf(sender: Address): Promise<string[]> {
    const lanes: string[] = [];
    for (let after = senderPrefix(sender);;) {
      const [entry] = await this.#entries(outboxType, { after, limit: 1 });
      const lane = entry && isOf(entry.key, senderPrefix(sender)) && laneOfKey(entry.key);
      if (!lane) return lanes;
      lanes.push(lane);
      after = behind(lane);
    }
  }

  /** Returns how many messages of a sender wait, counted up to a bound. */
  async count(sender: Address, most: number): Promise<number> {
    const prefix = senderPrefix(sender);
    let count = 0;
    for (let after = prefix; count < most;) {
      const entries = await this.#entries(outboxType, { after, limit: batchSize });
      const found = entries.filter(({ key }) => isOf(key, prefix)).length;
      count += found;
      if (found < batchSize) break;
      after = String(entries.at(-1)!.key);
    }
    return count;
  }

  /**
   * Moves the messages that are due by a time to the ends of their lanes, and returns those lanes, and when the next one
   * is due.
   */
  async promote(
    now: number,
  ): Promise<{ readonly lanes: ReadonlySet<string>; readonly next: number | undefined }> {
    const lanes = new Set<string>();
    for (let after = "";;) {
      const entries = await this.#entries(delayedType, { after, limit: batchSize });
      for (const entry of entries) {
        const due = dueOfKey(entry.key);
        if (due !== undefined && due > now) return { lanes, next: due };
        const [stored] = this.#messages(delayedType, [entry]);
        if (!stored) continue;
        const { key, version, message } = stored;
        const lane = laneOf({ sender: message.sender, receiver: message });
        // As of now, unless it was numbered by a clock that is ahead.
        const at = Math.max(due ?? 0, message.n);
        await this.#unlessTaken([
          { type: delayedType, key, delete: true, ifVersion: version },
          { type: outboxType, key: laneKey(lane, at, message.n), value: { ...message } },
        ]);
        lanes.add(lane);
      }
      if (entries.length < batchSize) return { lanes, next: undefined };
      after = String(entries.at(-1)!.key);
    }
  }

  /** Returns whether a message waits as it was read. */
  async isPending({ key, version }: StoredMessage): Promise<boolean> {
    const entry = await this.#calls.read(() => this.#adapter.get(outboxType, key));
    return entry !== undefined && own(entry).version === version;
  }

  /** Takes messages off the queue that their receiver has taken, elsewhere. */
  async remove(messages: readonly StoredMessage[]): Promise<void> {
    // No other message ever gets one of these keys.
    const writes = messages.map(({ key }): Write => ({ type: outboxType, key, delete: true }));
    await this.#calls.write(() => this.#adapter.commit(writes));
  }

  /** Puts a message off. Returns whether it still waited as it was read. */
  async putOff(
    { key, version, message }: StoredMessage,
    { attempts, after }: { readonly attempts: number; readonly after: number },
  ): Promise<boolean> {
    const value: QueuedMessage = { ...message, attempts, after };
    return await this.#unlessTaken([{ type: outboxType, key, value, ifVersion: version }]);
  }

  /** Sets a message aside. Returns whether it still waited as it was read. */
  async bury({ key, version, message }: StoredMessage, death: Death): Promise<boolean> {
    const value: BuriedMessage = { ...message, death };
    return await this.#unlessTaken([
      { type: outboxType, key, delete: true, ifVersion: version },
      { type: deadType, key, value },
    ]);
  }

  /** Returns messages that were set aside, in the order of their keys. */
  async buried(
    { after, limit }: { readonly after: string; readonly limit: number },
  ): Promise<StoredMessage<BuriedMessage>[]> {
    const entries = await this.#entries(deadType, { after, limit });
    return this.#messages(deadType, entries) as StoredMessage<BuriedMessage>[];
  }

  /** Puts a message that was set aside at the end of its lane, and returns that, or `undefined` if it is not there. */
  async revive(key: string, now: number): Promise<string | undefined> {
    const stored = await this.#buried(key);
    if (!stored) return undefined;
    const { version, message: { death: _, attempts: _attempts, after: _after, ...message } } =
      stored;
    const lane = laneOf({ sender: message.sender, receiver: message });
    const isRevived = await this.#unlessTaken([
      { type: deadType, key, delete: true, ifVersion: version },
      {
        type: outboxType,
        key: laneKey(lane, Math.max(0, Math.trunc(now)), message.n),
        value: message,
      },
    ]);
    return isRevived ? lane : undefined;
  }

  /** Deletes a message that was set aside. Returns whether it was there. */
  async discard(key: string): Promise<boolean> {
    const stored = await this.#buried(key);
    if (!stored) return false;
    const { version } = stored;
    return await this.#unlessTaken([{ type: deadType, key, delete: true, ifVersion: version }]);
  }

  async #buried(key: string): Promise<StoredMessage<BuriedMessage> | undefined> {
    const entry = await this.#calls.read(() => this.#adapter.get(deadType, key));
    return entry && storedMessage(deadType, own(entry)) as StoredMessage<BuriedMessage>;
  }

  #entries(
    type: string,
    options: { readonly after: string; readonly limit: number },
  ): Promise<Entry[]> {
    return this.#calls.read(async () => {
      const entries: Entry[] = [];
      const listed = this.#adapter.list(type, { ...options, onUnreadable: this.#report });
      for await (const entry of listed) entries.push(own(entry));
      return entries;
    });
  }

  /** Returns what entries hold, but for those that hold no message. They stay where they are. */
  #messages(type: string, entries: readonly Entry[]): StoredMessage[] {
    return entries.flatMap((entry) => {
      try {
        return [storedMessage(type, entry)];
      } catch (error) {
        this.#report(error);
        return [];
      }
    });
  }

  /** Commits, and returns whether nobody was faster. */
  async #unlessTaken(writes: readonly Write[]): Promise<boolean> {
    try {
      await this.#calls.write(() => this.#adapter.commit(writes));
      return true;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }
}

function isOf(key: unknown, prefix: string): boolean {
  return typeof key === "string" && key.startsWith(prefix);
}
