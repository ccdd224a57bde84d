/**
 * What changed, for watchers in other isolates. `kv.watch` follows ten keys and skips what happens in quick
 * succession, so that every commit leaves a note under `[…prefix, 3, type, versionstamp]` and touches
 * `[…prefix, 2, type]`, which is what watchers follow. Versionstamps are in the order of the commits, whatever the
 * clocks of those who commit.
 *
 * @module
 */
import type { Key } from "../../src/persistence/adapter/adapter.ts";
import { decodeStoredKeys } from "../../src/persistence/adapter/keys.ts";
import type { DenoKvAtomic, DenoKvBinding, DenoKvKey } from "./binding.ts";
import type { Commit } from "./locked.ts";

/** Notes are read at once; they stay as long as an isolate may be cut off. */
const noteTtl = 600_000;

const encoder = new TextEncoder();
// An id may begin with a byte order mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The notes of one store. */
export class Changes {
  readonly #kv: DenoKvBinding;
  readonly #prefix: readonly string[];
  readonly #commit: Commit;
  readonly #stops: Set<() => void> = new Set();
  readonly #beginnings: Set<Promise<unknown>> = new Set();

  constructor({ kv, prefix, commit }: {
    readonly kv: DenoKvBinding;
    readonly prefix: readonly string[];
    readonly commit: Commit;
  }) {
    this.#kv = kv;
    this.#prefix = prefix;
    this.#commit = commit;
  }

  /** Adds the notes of what an atomic operation changes, one a type. */
  note(
    atomic: DenoKvAtomic,
    changed: readonly { readonly type: string; readonly encodedKey: string }[],
  ): void {
    for (const type of new Set(changed.map((each) => each.type))) {
      const encodedKeys = changed.filter((each) => each.type === type).map(({ encodedKey }) =>
        encodedKey
      );
      const key = [...this.#notesOf(type), this.#kv.commitVersionstamp()];
      atomic.set(key, encodeNote(encodedKeys), { expireIn: noteTtl });
      atomic.set(this.#pulseOf(type), encodedKeys.length);
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
    const following = this.#follow(type, {
      reader,
      from: this.#begin(type),
      tell: (keys) => {
        // A listener that throws hears what comes next all the same.
        queueMicrotask(() => {
          if (!stopped) listener(keys);
        });
      },
    });
    following.catch((error) => {
      // One that is due to stopping is none.
      if (!stopped) report(error);
    });
    return stop;
  }

  /** Resolves when every watcher has its place in the order of commits: what is committed then, they hear. */
  async ready(): Promise<void> {
    if (this.#beginnings.size > 0) await Promise.allSettled(this.#beginnings);
  }

  /** Ends every watch. */
  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Touches what watchers follow, which tells the versionstamp after which they hear. */
  #begin(type: string): Promise<string> {
    const atomic = this.#kv.atomic().set(this.#pulseOf(type), 0);
    const beginning = this.#commit(atomic).then((result) => result.ok ? result.versionstamp : "");
    this.#beginnings.add(beginning);
    const end = () => this.#beginnings.delete(beginning);
    beginning.then(end, end);
    return beginning;
  }

  async #follow(type: string, { reader, from, tell }: {
    readonly reader: ReadableStreamDefaultReader<unknown>;
    readonly from: Promise<string>;
    readonly tell: (keys: readonly Key[]) => void;
  }): Promise<void> {
    const prefix = this.#notesOf(type);
    let last = await from;
    while (!(await reader.read()).done) {
      // No key is between one and the same with a NUL behind it.
      for await (const note of this.#kv.list({ prefix, start: [...prefix, `${last}\0`] }, {})) {
        const committed = note.key.at(-1);
        // Others can write there as well: what is no note, or of a time to come, would hide those behind it.
        if (typeof committed !== "string" || committed > note.versionstamp!) continue;
        last = committed;
        if (note.value instanceof Uint8Array) tell(decodeStoredKeys(decodeNote(note.value)));
        else report(damaged(type, committed));
      }
    }
  }

  #pulseOf(type: string): DenoKvKey {
    return [...this.#prefix, 2, type];
  }

  #notesOf(type: string): DenoKvKey {
    return [...this.#prefix, 3, type];
  }
}

/** As bytes they take no more room than in the keys of the commit, so that a note of all of them fits. */
function encodeNote(encodedKeys: readonly string[]): Uint8Array {
  return encoder.encode(encodedKeys.join("\0"));
}

function damaged(type: string, note: string): Error {
  return new Error(
    `Cannot watch ${type} in Deno KV: the note ${note} of what changed is damaged; list ${type} again`,
  );
}

/** Nobody awaits a watch, and an error has to be seen all the same. */
function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function decodeNote(bytes: Uint8Array): string[] {
  return decoder.decode(bytes).split("\0");
}
