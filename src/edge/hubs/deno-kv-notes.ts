/**
 * News as notes in Deno KV, under `[…prefix, 5, versionstamp]`, which has the order of the commits. Each commit touches
 * `[…prefix, 5]`, which listeners watch, or look at.
 *
 * @module
 */
import type { DenoKvBinding, DenoKvKey } from "../../../adapters/_deno-kv/binding.ts";
import { type Commit, committer } from "../../../adapters/_deno-kv/locked.ts";
import { type Clock, pause } from "../../shared/clock.ts";
import { own } from "../../shared/own.ts";
import type { NewsChannel } from "./channel-hub.ts";

/** How many milliseconds a note stays. */
const noteTtl = 60_000;
/** How many characters of texts a note may have, of up to two bytes each; a value of Deno KV has 65,536 bytes. */
const maxNote = 24_000;
/** How many texts may wait to be sent. */
const maxWaiting = 10_000;
/** After how many milliseconds it is tried again to listen. */
const retryPause = 1_000;

/** Options of {@link DenoKvNotes}. */
export interface DenoKvNotesOptions {
  readonly prefix: readonly string[];
  /** In milliseconds. */
  readonly poll: number | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Receives what fails while nobody waits for it. */
  readonly report: (error: unknown) => void;
}

interface WaitingText {
  readonly text: string;
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

/** Carries texts by notes in Deno KV. */
export class DenoKvNotes implements NewsChannel {
  readonly #kv: DenoKvBinding;
  readonly #options: DenoKvNotesOptions;
  readonly #commit: Commit;
  readonly #pulse: DenoKvKey;
  #waiting: WaitingText[] = [];
  #isSending = false;

  constructor(kv: DenoKvBinding, options: DenoKvNotesOptions) {
    this.#kv = kv;
    this.#options = options;
    this.#commit = committer(options);
    this.#pulse = [...options.prefix, 5];
  }

  /** Resolves once the text is in the database. Texts that wait go together. */
  send(text: string): Promise<void> {
    if (this.#waiting.length >= maxWaiting) {
      throw new Error(
        `Cannot publish news: ${maxWaiting} wait for Deno KV already; streams find this change at ` +
          "their heartbeats",
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ text, sent: resolve, failed: reject });
    if (!this.#isSending) void this.#sendAll();
    return promise;
  }

  /** Resolves once no text that is sent from then on is missed. */
  async listen(receive: (text: unknown) => void): Promise<() => void> {
    const over = new AbortController();
    const { versionstamp } = await this.#kv.get(this.#pulse);
    void this.#follow(receive, { after: versionstamp ?? "", signal: over.signal });
    return () => over.abort();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const sending = this.#waiting.splice(0, this.#countTogether());
      try {
        const stamp = this.#kv.commitVersionstamp!();
        const texts = sending.map(({ text }) => text);
        const note = this.#kv.atomic().set(
          [...this.#pulse, stamp],
          texts,
          own({ expireIn: noteTtl }),
        );
        await this.#commit(note.set(this.#pulse, texts.length, own({})));
        for (const { sent } of sending) sent();
      } catch (error) {
        for (const { failed } of sending) failed(error);
      }
    }
    this.#isSending = false;
  }

  /** Returns how many of the texts that wait fit in one note. */
  #countTogether(): number {
    let length = 0;
    const first = this.#waiting.findIndex(({ text }) => (length += text.length) > maxNote);
    return first < 0 ? this.#waiting.length : Math.max(1, first);
  }

  /** Hands on the texts of notes, time after time. Never rejects. */
  async #follow(
    receive: (text: unknown) => void,
    { after, signal }: { after: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const { clock, poll, report } = this.#options;
    let hasFailed = false;
    while (!signal.aborted) {
      try {
        for await (
          const _ of poll === undefined ? this.#watched(signal) : this.#looks(poll, signal)
        ) {
          after = await this.#read(receive, { after, signal });
          hasFailed = false;
        }
      } catch (error) {
        if (signal.aborted) return;
        // Of failures in a row, one is news.
        if (!hasFailed) report(error);
        hasFailed = true;
      }
      await pause(retryPause, { clock, signal });
    }
  }

  /** Yields when the pulse was touched, here or in another isolate. */
  async *#watched(signal: AbortSignal): AsyncGenerator<void> {
    const reader = this.#kv.watch([this.#pulse], own({})).getReader();
    const cancel = () => void reader.cancel().catch(() => {});
    signal.addEventListener("abort", cancel);
    try {
      while (!(await reader.read()).done) yield;
    } finally {
      signal.removeEventListener("abort", cancel);
      cancel();
    }
  }

  /** Yields when it is seen that the pulse was touched. */
  async *#looks(poll: number, signal: AbortSignal): AsyncGenerator<void> {
    let seen: string | null | undefined;
    while (!signal.aborted) {
      const { versionstamp } = await this.#kv.get(this.#pulse);
      if (versionstamp !== seen) yield;
      seen = versionstamp;
      await pause(poll, { clock: this.#options.clock, signal });
    }
  }

  /** Hands on the texts of the notes after a versionstamp, and returns that of the last. */
  async #read(
    receive: (text: unknown) => void,
    { after, signal }: { readonly after: string; readonly signal: AbortSignal },
  ): Promise<string> {
    let last = after;
    // No key lies between a key and the same with a NUL appended.
    const since = own({ prefix: this.#pulse, start: [...this.#pulse, `${after}\0`] });
    for await (const { key, value, versionstamp } of this.#kv.list(since, own({}))) {
      if (signal.aborted) break;
      const name = key.at(-1);
      // Others can write there as well: a note from the future would hide those after it.
      if (typeof name !== "string" || name > versionstamp!) continue;
      last = name;
      if (Array.isArray(value)) { for (const text of value) receive(text); }
    }
    return last;
  }
}
