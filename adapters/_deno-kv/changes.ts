/**
 * What changed, for watchers in other isolates. `kv.watch` follows ten keys and skips changes in quick succession; so
 * every commit leaves a note under `[…prefix, 3, type, versionstamp]` and touches `[…prefix, 2, type]`, which watchers
 * follow. Versionstamps have the order of the commits, whatever the clocks of their isolates say.
 *
 * A client that cannot make such a key (`@deno/kv`, in Node) leaves its notes under random names, which sort after all
 * versionstamps: watchers read all of them that there are, and know by their names which are new.
 *
 * @module
 */
import type { Key } from "../../src/persistence/adapter/adapter.ts";
import { decodeStoredKeys } from "../../src/persistence/adapter/keys.ts";
import { createVersions } from "../../src/persistence/adapter/versions.ts";
import { own } from "../_shared/own.ts";
import type { DenoKvAtomic, DenoKvBinding, DenoKvKey } from "./binding.ts";
import { explainClosed } from "./closed.ts";
import type { Commit } from "./locked.ts";

/** How many milliseconds a note stays. It is read at once, unless its reader is cut off for a while. */
const noteTtl = 600_000;
/** The same for one with a random name, which every watcher reads again until it is gone. */
const randomNoteTtl = 60_000;
/** What random names begin with: it sorts after all hexadecimal digits. */
const randomMark = "~";

const encoder = new TextEncoder();
// A key may begin with a byte order mark.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The notes of one store. */
export class Changes {
  readonly #kv: DenoKvBinding;
  readonly #prefix: readonly string[];
  readonly #commit: Commit;
  readonly #createName: () => string = createVersions();
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

  /** Adds notes of what an atomic operation changes, one for each type. */
  note(
    atomic: DenoKvAtomic,
    changed: readonly { readonly type: string; readonly encodedKey: string }[],
  ): void {
    for (const type of new Set(changed.map((each) => each.type))) {
      const encodedKeys = changed.filter((each) => each.type === type).map(({ encodedKey }) =>
        encodedKey
      );
      const stamp = this.#kv.commitVersionstamp?.();
      const key = [...this.#notesOf(type), stamp ?? randomMark + this.#createName()];
      const expireIn = stamp ? noteTtl : randomNoteTtl;
      atomic.set(key, encodeNote(encodedKeys), own({ expireIn }));
      atomic.set(this.#pulseOf(type), encodedKeys.length, own({}));
    }
  }

  /** Calls a listener with what changes from now on, until the returned function is called. */
  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    const reader = this.#open(type);
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
      notify: (keys) => {
        // A listener that throws still hears what comes next.
        queueMicrotask(() => {
          if (!stopped) listener(keys);
        });
      },
    });
    following.catch((error) => {
      // Stopping may itself cause an error, which is not a failure.
      if (!stopped) report(explainClosed(error));
    });
    return stop;
  }

  /** Resolves when every watcher has its place in the order of commits: from then on they hear every commit. */
  async ready(): Promise<void> {
    if (this.#beginnings.size > 0) await Promise.allSettled(this.#beginnings);
  }

  /** Ends every watch. */
  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #open(type: string): ReadableStreamDefaultReader<unknown> {
    try {
      // Of `@deno/kv` in memory, any other stream makes all later commits throw once it is cancelled.
      const raw = !this.#kv.commitVersionstamp;
      return this.#kv.watch([this.#pulseOf(type)], own({ raw })).getReader();
    } catch (error) {
      throw explainClosed(error);
    }
  }

  /** Touches what watchers follow, and returns the versionstamp from which on they hear. */
  #begin(type: string): Promise<string> {
    const atomic = this.#kv.atomic().set(this.#pulseOf(type), 0, own({}));
    const beginning = this.#commit(atomic).then((result) => result.ok ? result.versionstamp : "");
    this.#beginnings.add(beginning);
    const end = () => this.#beginnings.delete(beginning);
    beginning.then(end, end);
    return beginning;
  }

  async #follow(type: string, { reader, from, notify }: {
    readonly reader: ReadableStreamDefaultReader<unknown>;
    readonly from: Promise<string>;
    readonly notify: (keys: readonly Key[]) => void;
  }): Promise<void> {
    const prefix = this.#notesOf(type);
    const first = await from;
    let last = first;
    let named = new Set<string>();
    while (!(await reader.read()).done) {
      const before = named;
      named = new Set();
      // No key lies between a key and the same with a NUL appended.
      const since = own({ prefix, start: [...prefix, `${last}\0`] });
      for await (const note of this.#kv.list(since, own({}))) {
        const name = note.key.at(-1);
        if (typeof name !== "string") continue;
        if (name.startsWith(randomMark)) {
          named.add(name);
          if (before.has(name) || note.versionstamp! <= first) continue;
        } else {
          // Others can write there as well: a foreign key, or a note from the future, would hide the notes after it.
          if (name > note.versionstamp!) continue;
          last = name;
        }
        if (note.value instanceof Uint8Array) notify(decodeStoredKeys(decodeNote(note.value)));
        else report(damaged(type, name));
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

/** Returns keys as bytes. So they take no more room than they do in the commit, and a note of all of them fits. */
function encodeNote(encodedKeys: readonly string[]): Uint8Array {
  return encoder.encode(encodedKeys.join("\0"));
}

function damaged(type: string, note: string): Error {
  return new Error(
    `Cannot watch ${type} in Deno KV: the note ${note} of what changed is damaged; list ${type} again`,
  );
}

/** Nothing awaits a watch, and yet its errors have to be seen. */
function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function decodeNote(bytes: Uint8Array): string[] {
  return decoder.decode(bytes).split("\0");
}
