/**
 * How the stores on one database hear each other, whatever tab or worker they are in.
 *
 * @module
 */
import type { Key } from "../../src/persistence/adapter/adapter.ts";
import { isKey } from "../../src/persistence/adapter/keys.ts";
import { own } from "../../src/shared/own.ts";

/** An entry that was written, as stores name it to each other through a BroadcastChannel. */
export interface ChangedEntry {
  readonly type: string;
  readonly key: Key;
}

/** A channel that is open only while it is needed: an open one keeps some runtimes alive, and pages out of caches. */
export class ChangeChannel {
  readonly #name: string;
  readonly #hear: (changed: readonly ChangedEntry[]) => void;
  #channel: BroadcastChannel | undefined;

  /** `database` is the name of the database. */
  constructor(database: string, hear: (changed: readonly ChangedEntry[]) => void) {
    this.#name = `rian/indexed-db/${database}`;
    this.#hear = hear;
  }

  /** Opens the channel, unless it is open. */
  open(): BroadcastChannel {
    if (this.#channel) return this.#channel;
    const channel = new BroadcastChannel(this.#name);
    channel.onmessage = ({ data }) => this.#hear(changesIn(data));
    // Node has it; Deno does not, so there a watch keeps the process alive.
    (channel as { unref?: () => void }).unref?.();
    return this.#channel = channel;
  }

  /** Tells the other stores what was written. */
  post(changed: readonly ChangedEntry[]): void {
    this.open().postMessage(changed);
  }

  /** Closes the channel until it is needed again. */
  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}

/** Returns the changes in a message; anything of this origin can send one, and other versions may send other things. */
function changesIn(message: unknown): ChangedEntry[] {
  return Array.isArray(message) ? message.filter(isChangedEntry) : [];
}

function isChangedEntry(each: unknown): each is ChangedEntry {
  if (typeof each !== "object" || each === null) return false;
  const { type, key } = own(each) as { readonly [Name in keyof ChangedEntry]: unknown };
  return typeof type === "string" && isKey(key);
}
