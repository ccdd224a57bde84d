import type { Adapter, PutWrite, Version } from "../persistence/adapter/adapter.ts";
import type { Address } from "../processor/address.ts";
import type { Engine } from "../processor/engine.ts";
import type { ProcessContext } from "../processor/options.ts";
import { type Delivery, isTaken, type Verdict, verdictOf } from "../processor/send/delivery.ts";
import type { QueuedMessage } from "../processor/send/queued-message.ts";
import { inboxType } from "../processor/side-types.ts";

/** What an instance gets from others. */
export interface Inbox {
  readonly engine: Engine;
  readonly store: Adapter;
}

/**
 * Runs the events of messages that another object has sent, in order, up to the first one that is not taken. Returns what
 * became of each.
 */
export async function receiveAll(
  { engine, store }: Inbox,
  messages: readonly QueuedMessage[],
  context: ProcessContext,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const message of messages) {
    const verdict = verdictOf(await engine.receive(message, new Mark(store, message), context));
    verdicts.push(verdict);
    if (!isTaken(verdict)) break;
  }
  return verdicts;
}

/**
 * Up to which number an instance has got what another one has sent. The commit of each event raises it, and each attempt
 * compares with it, so a message that comes again is passed over.
 */
class Mark implements Delivery {
  readonly sender: Address;
  readonly hops: number;
  readonly #store: Adapter;
  readonly #key: string;
  readonly #n: number;
  #version: Version | null = null;

  constructor(store: Adapter, { sender, epoch, n, hops }: QueuedMessage) {
    this.sender = sender;
    this.hops = hops;
    this.#store = store;
    this.#key = JSON.stringify([sender.type, sender.id, epoch]);
    this.#n = n;
  }

  async isPending(): Promise<boolean> {
    const entry = await this.#store.get(inboxType, this.#key);
    this.#version = entry?.version ?? null;
    return !entry || (entry.value as number) < this.#n;
  }

  get received(): readonly PutWrite[] {
    const ifVersion = this.#version;
    return [{ type: inboxType, key: this.#key, value: this.#n, ifVersion }];
  }
}
