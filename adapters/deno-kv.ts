/**
 * Documents in Deno KV.
 *
 * @module
 */
import type { Capabilities, Entry, Key, Version } from "../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../src/persistence/adapter/base-adapter.ts";
import { decodeEntry, type EncodedWrite, repair } from "../src/persistence/adapter/codec.ts";
import { type EntryPage, readPage } from "../src/persistence/adapter/entry-page.ts";
import { UnreadableEntryError } from "../src/persistence/adapter/errors.ts";
import { decodeStoredKey } from "../src/persistence/adapter/keys.ts";
import { assertListener } from "../src/persistence/adapter/listeners.ts";
import type { MaybePromise } from "../src/persistence/adapter/maybe-promise.ts";
import { pageLength } from "../src/persistence/adapter/page-size.ts";
import type { PreparedCheck } from "../src/persistence/adapter/prepare.ts";
import { sourceWithin } from "../src/persistence/adapter/source.ts";
import { TextAdapter } from "../src/persistence/adapter/text-adapter.ts";
import { byteLength } from "../src/shared/byte-length.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import { type Clock, systemClock } from "../src/shared/clock.ts";
import * as kind from "../src/shared/kinds.ts";
import { type DenoKvBinding, type DenoKvEntry, denoKvKind } from "./_deno-kv/binding.ts";
import { Changes } from "./_deno-kv/changes.ts";
import { clear } from "./_deno-kv/clear.ts";
import { explainClosed } from "./_deno-kv/closed.ts";
import * as document from "./_deno-kv/document.ts";
import * as limits from "./_deno-kv/limits.ts";
import { committer } from "./_deno-kv/locked.ts";
import { bytesOf, joinParts, measureWrite, type WriteSize } from "./_deno-kv/size.ts";
import { writeAll, type WriteContext, writeInHalves, writeUnchecked } from "./_deno-kv/write.ts";

export type { DenoKvAtomic, DenoKvBinding, DenoKvEntry, DenoKvKey } from "./_deno-kv/binding.ts";

/** Options of {@link DenoKvStore}. */
export interface DenoKvStoreOptions {
  /** The first parts of every key; `["rian"]` by default. */
  readonly prefix?: readonly string[];
  /** Adds {@link DenoKvStore.watch}; every commit then leaves a note for watchers. */
  readonly watch?: boolean;
  /** Decides when entries expire, and times the pauses while a file is locked; for tests. */
  readonly clock?: Clock;
  /** Returns a number from 0 to below 1, for the pauses while a file is locked; for tests. */
  readonly random?: () => number;
}

const optionKinds: kind.Kinds<DenoKvStoreOptions> = {
  prefix: { fits: Array.isArray, cure: 'a list of strings, such as ["rian"]', each: kind.text },
  watch: kind.flag,
  clock: kind.clock,
  random: kind.callback,
};

const maxCharacterBytes = 4;

/**
 * Keeps documents in Deno KV, under `["rian", type, key]`. Conditional writes hold between all isolates. Deno KV takes
 * 64 kB under a key and 800 kB in one atomic operation: a larger document is kept in chunks, up to 780 kB.
 *
 * @example In Deno
 * ```ts ignore
 * import { DenoKvStore } from "rian/deno-kv";
 *
 * const kv = await Deno.openKv();
 * const store = new DenoKvStore(kv);
 * const [version] = await store.commit([{ type: "User", key: 42, value: { name: "Ada" } }]);
 * await store.commit([{ type: "User", key: 42, value: { name: "Grace" }, ifVersion: version }]);
 * kv.close();
 * ```
 */
export class DenoKvStore extends TextAdapter {
  /** The backend, as errors name it. */
  override readonly name = "Deno KV";
  /** What the backend promises. */
  override readonly capabilities: Capabilities;
  /** The `Deno.Kv` and the prefix. */
  readonly source: object;
  /**
   * Calls the listener with the keys of a type that changed, here or in another isolate, until the returned function is
   * called. It exists if the option `watch` is set, and hears only stores that have it set too.
   */
  readonly watch?: (type: string, listener: (keys: readonly Key[]) => void) => () => void;
  /** @internal */
  protected override readonly place = "an entry";
  /** @internal */
  protected override readonly maxKeyBytes: number = limits.maxKeyBytes;
  readonly #context: WriteContext;
  /** The sizes that were measured when a commit was divided into parts. */
  readonly #sizes: WeakMap<EncodedWrite, WriteSize> = new WeakMap();

  /** Uses an open `Deno.Kv`, which stays open. */
  constructor(kv: DenoKvBinding, options: DenoKvStoreOptions = {}) {
    checkOptions("use Deno KV", { kv, options }, {
      kv: denoKvKind,
      options: kind.optionsOf(optionKinds),
    });
    super();
    const { prefix = ["rian"], clock = systemClock, random = Math.random } = options;
    this.source = sourceWithin(kv, JSON.stringify(prefix));
    const commit = committer({ clock, random });
    const changes = options.watch ? new Changes({ kv, prefix, commit }) : undefined;
    this.#context = { name: this.name, kv, prefix, clock, changes, commit };
    if (changes) {
      this.watch = (type, listener) => {
        this.assertCallable(type);
        assertListener(type, listener);
        // A type that cannot be stored never changes.
        return this.canHold(type, "") ? changes.watch(type, listener) : () => {};
      };
    }
    this.capabilities = {
      conditional: "global",
      atomicWrites: limits.maxChecks,
      atomicBytes: limits.maxOperationBytes,
      maxValueBytes: limits.maxValueBytes,
      maxMetadataBytes: limits.maxMetadataBytes,
      watch: changes !== undefined,
      expiry: true,
    };
  }

  /** @internal */
  protected override run<Result>(call: () => MaybePromise<Result>): Promise<Result> {
    return super.run(call).catch((error) => {
      throw explainClosed(error);
    });
  }

  /** @internal */
  protected override measure(write: EncodedWrite): number {
    super.measure(write);
    const size = measureWrite(write, {
      keyText: this.keyText(write.type, write.encodedKey),
      typeText: this.keyText(write.type, ""),
      isWatched: this.capabilities.watch,
    });
    this.#sizes.set(write, size);
    return bytesOf(size);
  }

  /** @internal */
  protected override keyText(type: string, encodedKey: string): string {
    // Deno KV takes two bytes for a NUL, which is in no encoded key.
    return (this.#context.prefix.join("") + type).replaceAll("\0", "\0\0") + encodedKey;
  }

  /** @internal */
  protected override async readEntry(type: string, encodedKey: string): Promise<Entry | undefined> {
    if (!this.canHold(type, encodedKey)) return undefined;
    const key = document.headKey(this.#place(type, encodedKey));
    return await this.#entryOf(type, await this.#context.kv.get(key));
  }

  /** @internal */
  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    if (!this.canHold(type, "")) return;
    const batchSize = Math.min(range.limit, limits.maxBatchSize);
    const after = range.after === undefined ? undefined : this.#cut(type, range.after);
    const read = (found: DenoKvEntry) => this.#entryOf(type, found);
    let page: DenoKvEntry[] = [];
    let length = 0;
    for await (
      const found of document.listHeads(this.#context, type, { ...range, after, batchSize })
    ) {
      page.push(found);
      length += document.lengthOf(found);
      if (page.length < batchSize && length < pageLength) continue;
      yield await readPage(page, read);
      page = [];
      length = 0;
    }
    yield await readPage(page, read);
  }

  /** @internal */
  protected override async write(
    writes: readonly EncodedWrite[],
    checks: readonly PreparedCheck[],
  ): Promise<readonly (Version | null)[]> {
    if (this.#context.changes) await this.#context.changes.ready();
    return await writeAll(this.#context, writes, checks);
  }

  /** @internal */
  protected override async writeParts(
    parts: readonly (readonly EncodedWrite[])[],
  ): Promise<readonly (Version | null)[]> {
    if (this.#context.changes) await this.#context.changes.ready();
    const versions: (Version | null)[] = [];
    const maxBytes = this.capabilities.atomicBytes;
    const sizeOf = (write: EncodedWrite) => this.#sizes.get(write)!;
    for (const joined of joinParts(parts, { maxBytes, sizeOf })) {
      const together = await writeUnchecked(this.#context, joined.flat());
      if (together) versions.push(...together);
      else for (const part of joined) versions.push(...await writeInHalves(this.#context, part));
    }
    return versions;
  }

  /** @internal */
  protected override async clearType(type: string): Promise<void> {
    if (!this.canHold(type, "")) return;
    await this.#context.changes?.ready();
    await clear(this.#context, type);
  }

  /** @internal */
  protected override async release(): Promise<void> {
    this.#context.changes?.stop();
  }

  /** Returns the entry that was found; only one in chunks has to be awaited. */
  #entryOf(type: string, found: DenoKvEntry): Entry | undefined | Promise<Entry | undefined> {
    if (found.versionstamp === null) return undefined;
    const key = decodeStoredKey(type, found.key.at(-1));
    const head = document.toHead(found);
    if (!head) {
      throw new UnreadableEntryError({ type, key }, `it was not stored by rian; ${repair}`);
    }
    if (document.isExpired(head, this.#context.clock.now())) return undefined;
    if (head.text === undefined) return this.#readChunks(type, found, head);
    return entryOfHead(type, found, { head, text: head.text });
  }

  async #readChunks(
    type: string,
    found: DenoKvEntry,
    head: document.Head,
  ): Promise<Entry | undefined> {
    const { kv } = this.#context;
    const place = this.#place(type, found.key.at(-1) as string);
    const text = await document.readChunks(kv, place, { head, versionstamp: found.versionstamp });
    if (text !== undefined) return entryOfHead(type, found, { head, text });
    const again = await kv.get(document.headKey(place));
    if (again.versionstamp !== found.versionstamp) return await this.#entryOf(type, again);
    const key = decodeStoredKey(type, place.encodedKey);
    const problem = `some of its chunks are missing or damaged; ${repair}`;
    throw new UnreadableEntryError({ type, key }, problem);
  }

  /** Returns a key that Deno KV takes as a bound: cut to just more than can be stored, it sorts as the whole one does. */
  #cut(type: string, encodedKey: string): string {
    if (this.canHold(type, encodedKey)) return encodedKey;
    const longest = this.maxKeyBytes - byteLength(this.keyText(type, ""));
    const bytes = new TextEncoder().encode(encodedKey).subarray(0, longest + maxCharacterBytes);
    // A part of a character at the end is left out.
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes, { stream: true });
  }

  #place(type: string, encodedKey: string): document.Place {
    return { prefix: this.#context.prefix, type, encodedKey };
  }
}

function entryOfHead(
  type: string,
  { key, versionstamp }: DenoKvEntry,
  { head, text }: { readonly head: document.Head; readonly text: string },
): Entry {
  const { format, metadata } = head;
  const version = document.formatVersion(versionstamp!, head);
  return decodeEntry(type, { encodedKey: key.at(-1), format, text, version, metadata });
}
