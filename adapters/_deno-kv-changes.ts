/**
 * What changed, for watchers in other isolates. `kv.watch` follows ten keys and skips what happens in quick
 * succession, so that every commit leaves a note under `[…prefix, 3, type, time, id]` and touches
 * `[…prefix, 2, type]`, which is what watchers follow.
 *
 * @module
 */
import type { Key } from "../src/persistence/adapter.ts";
import { decodeKey } from "../src/persistence/keys.ts";
import type { DenoKvAtomic, DenoKvBinding, DenoKvKey } from "./_deno-kv-binding.ts";

/** Notes are read at once; they stay as long as an isolate may be cut off. */
const KEPT = 600_000;
/** How far the clocks of two isolates may be apart. */
const CLOCK_SKEW = 10_000;
const IDS_PER_NOTE = 25;

/** The notes of one store. */
export class Changes {
  readonly #kv: DenoKvBinding;
  readonly #prefix: readonly string[];
  readonly #now: () => number;
  readonly #stops: Set<() => void> = new Set();

  constructor(kv: DenoKvBinding, prefix: readonly string[], now: () => number) {
    this.#kv = kv;
    this.#prefix = prefix;
    this.#now = now;
  }

  /** Adds the note of what an atomic operation changes. */
  note(
    atomic: DenoKvAtomic,
    changed: readonly { readonly type: string; readonly id: string }[],
  ): void {
    for (const type of new Set(changed.map((each) => each.type))) {
      const ids = changed.filter((each) => each.type === type).map(({ id }) => id);
      for (let start = 0; start < ids.length; start += IDS_PER_NOTE) {
        const key = [...this.#notesOf(type), this.#now(), crypto.randomUUID()];
        atomic.set(key, ids.slice(start, start + IDS_PER_NOTE), { expireIn: KEPT });
      }
      atomic.set(this.#pulseOf(type), ids.length);
    }
  }

  /** Tells a listener of what changes from now on, until the returned function is called. */
  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    const reader = this.#kv.watch([this.#pulseOf(type)]).getReader();
    let stopped = false;
    const stop = () => {
      stopped = true;
      this.#stops.delete(stop);
      void reader.cancel();
    };
    this.#stops.add(stop);
    this.#follow(type, { reader, listener, isStopped: () => stopped }).catch((error) => {
      // Nobody awaits this; an error that is not due to stopping has to be seen all the same.
      if (!stopped) {
        queueMicrotask(() => {
          throw error;
        });
      }
    });
    return stop;
  }

  /** Ends every watch. */
  stop(): void {
    for (const stop of this.#stops) stop();
  }

  async #follow(
    type: string,
    { reader, listener, isStopped }: {
      readonly reader: ReadableStreamDefaultReader<unknown>;
      readonly listener: (keys: readonly Key[]) => void;
      readonly isStopped: () => boolean;
    },
  ): Promise<void> {
    let from = this.#now();
    let last = "";
    while (!(await reader.read()).done) {
      const notes = await this.#notesSince(type, { from, last });
      for (const { time, versionstamp, ids } of notes) {
        from = Math.max(from, time - CLOCK_SKEW);
        last = versionstamp;
        if (!isStopped()) listener(ids.map(decodeKey));
      }
    }
  }

  async #notesSince(
    type: string,
    { from, last }: { readonly from: number; readonly last: string },
  ): Promise<{ time: number; versionstamp: string; ids: string[] }[]> {
    const prefix = this.#notesOf(type);
    const notes = [];
    for await (const entry of this.#kv.list({ prefix, start: [...prefix, from] }, {})) {
      const versionstamp = entry.versionstamp!;
      if (versionstamp <= last) continue;
      notes.push({ time: entry.key.at(-2) as number, versionstamp, ids: entry.value as string[] });
    }
    return notes.sort((a, b) => a.versionstamp < b.versionstamp ? -1 : 1);
  }

  #pulseOf(type: string): DenoKvKey {
    return [...this.#prefix, 2, type];
  }

  #notesOf(type: string): DenoKvKey {
    return [...this.#prefix, 3, type];
  }
}
