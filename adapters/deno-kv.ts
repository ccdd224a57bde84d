/**
 * Documents in Deno KV.
 *
 * @module
 */
import type { Capabilities, Entry, Key, Version } from "../src/persistence/adapter.ts";
import type { Range } from "../src/persistence/base-adapter.ts";
import { decodeValue, type EncodedValue } from "../src/persistence/codec.ts";
import { type EntryPage, readPage } from "../src/persistence/entry-page.ts";
import {
  ConflictError,
  StorageLimitError,
  UnreadableEntryError,
} from "../src/persistence/errors.ts";
import { decodeKey } from "../src/persistence/keys.ts";
import type { PreparedWrite } from "../src/persistence/prepare.ts";
import { byteLength } from "../src/persistence/size.ts";
import { TextAdapter } from "../src/persistence/text-adapter.ts";
import type { DenoKvBinding, DenoKvEntry } from "./_deno-kv-binding.ts";
import { Changes } from "./_deno-kv-changes.ts";
import { commitWhenFree } from "./_deno-kv-locked.ts";
import * as document from "./_deno-kv-document.ts";

export type { DenoKvAtomic, DenoKvBinding, DenoKvEntry, DenoKvKey } from "./_deno-kv-binding.ts";
export type { EncodedValue } from "../src/persistence/codec.ts";
export type { TextAdapter } from "../src/persistence/text-adapter.ts";

/** What a {@link DenoKvStore} can be told. */
export interface DenoKvStoreOptions {
  /** The first parts of every key; `["rian"]` unless told otherwise. */
  readonly prefix?: readonly string[];
  /** Whether {@link DenoKvStore.watch} is there; every commit then leaves a note for watchers. */
  readonly watch?: boolean;
  /** Milliseconds since 1970; decides when entries expire. */
  readonly now?: () => number;
}

type Write = PreparedWrite<EncodedValue>;

/** What is stored of an entry that a write replaces; a versionstamp of `undefined` is not checked. */
interface Before {
  readonly versionstamp: string | null | undefined;
  readonly chunks: number;
}

const BATCH_SIZE = 100;
/** An atomic operation takes 1,000 mutations, of which the notes for watchers need some. */
const MAX_MUTATIONS = 950;
/** No document has more chunks than this. */
const MAX_CHUNKS = 16;
/** What Deno KV adds to the parts of a key. */
const KEY_OVERHEAD = 48;
/** The keys of an atomic operation may take a tenth of the bytes that its values may. */
const KEY_WEIGHT = 10;

/**
 * Keeps documents in Deno KV, under `["rian", type, id]`. Conditional writes hold between all isolates. Deno KV
 * holds 64 kB under a key and 800 kB in one atomic operation: a larger document is kept in chunks, up to 780 kB.
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
  /**
   * Calls the listener with the keys of a type that changed, here or in another isolate, until the returned
   * function is called. It is there if the option `watch` was set for everyone who writes.
   */
  readonly watch?: (type: string, listener: (keys: readonly Key[]) => void) => () => void;
  /** @internal */
  protected override readonly place = "an entry";
  /** @internal */
  protected override readonly maxKeyBytes: number = 2_000;
  /** @internal */
  protected override readonly maxMetadataBytes: number = 2_000;
  readonly #kv: DenoKvBinding;
  readonly #prefix: readonly string[];
  readonly #now: () => number;
  readonly #changes: Changes | undefined;

  /** Uses an open `Deno.Kv`, which stays open. */
  constructor(kv: DenoKvBinding, options: DenoKvStoreOptions = {}) {
    super();
    this.#kv = kv;
    this.#prefix = options.prefix ?? ["rian"];
    this.#now = options.now ?? Date.now;
    if (options.watch) {
      const changes = new Changes(kv, this.#prefix, this.#now);
      this.#changes = changes;
      this.watch = (type, listener) => changes.watch(type, listener);
    }
    this.capabilities = {
      conditional: "global",
      atomicWrites: 100,
      // Deno KV takes 819,200 bytes, keys and its own bookkeeping included.
      atomicBytes: 800_000,
      maxValueBytes: 780_000,
      watch: this.#changes !== undefined,
      expiry: true,
    };
  }

  /** @internal */
  protected override measure(write: Write): number {
    super.measure(write);
    const { bytes, chunks } = document.measureText(write.put?.encoded.text ?? "");
    const keyBytes = byteLength(this.keyText(write.type, write.id)) + KEY_OVERHEAD;
    return KEY_WEIGHT * keyBytes * (2 + chunks) + bytes +
      document.measureMetadata(write.put?.metadata);
  }

  /** @internal */
  protected override keyText(type: string, id: string): string {
    return [...this.#prefix, type, id].join("");
  }

  /** @internal */
  protected override async readEntry(type: string, id: string): Promise<Entry | undefined> {
    const place = this.#place(type, id);
    return await this.#toEntry(place, await this.#kv.get(document.headKey(place)));
  }

  /** @internal */
  protected override async *readPages(type: string, range: Range): AsyncGenerator<EntryPage> {
    const { after, limit, reverse } = range;
    const prefix = [...this.#prefix, type];
    // No key is between one and the same with a NUL behind it.
    const selector = after === undefined
      ? { prefix }
      : reverse
      ? { prefix, end: [...prefix, after] }
      : { prefix, start: [...prefix, `${after}\0`] };
    const batchSize = Math.min(limit, BATCH_SIZE);
    const read = (found: DenoKvEntry) => {
      return this.#toEntry(this.#place(type, found.key.at(-1) as string), found);
    };
    let page: DenoKvEntry[] = [];
    let chunks = 0;
    for await (const found of this.#kv.list(selector, { reverse, batchSize })) {
      page.push(found);
      chunks += document.chunksOf(found);
      if (page.length + chunks < batchSize) continue;
      yield await readPage(page, read);
      page = [];
      chunks = 0;
    }
    yield await readPage(page, read);
  }

  /** @internal */
  protected override async write(writes: readonly Write[]): Promise<readonly (Version | null)[]> {
    let before = await this.#expect(writes);
    this.#assertMutations(writes, before);
    for (;;) {
      const versions = await this.#apply(writes, before);
      if (versions) return versions;
      before = await this.#expectAgain(writes, before);
    }
  }

  /** @internal */
  protected override async clearType(type: string): Promise<void> {
    const prefix = [...this.#prefix, type];
    let found: DenoKvEntry[] = [];
    let mutations = 0;
    for await (const entry of this.#kv.list({ prefix }, { batchSize: BATCH_SIZE })) {
      mutations += 1 + document.chunksOf(entry);
      if (found.push(entry) < BATCH_SIZE && mutations < MAX_MUTATIONS - MAX_CHUNKS) continue;
      await this.#delete(type, found);
      found = [];
      mutations = 0;
    }
    await this.#delete(type, found);
  }

  /** @internal */
  protected override async release(): Promise<void> {
    this.#changes?.stop();
  }

  /** Large documents that are replaced or deleted leave chunks to remove, and an atomic operation takes so many. */
  #assertMutations(writes: readonly Write[], before: readonly Before[]): void {
    const removed = before.reduce((sum, { chunks }) => sum + chunks, 0);
    const set = writes.reduce((sum, { put }) => {
      return sum + (put ? document.measureText(put.encoded.text).chunks : 0);
    }, 0);
    const actual = writes.length + removed + set;
    if (actual <= MAX_MUTATIONS) return;
    throw new StorageLimitError(
      `Cannot commit to ${this.name}: the large documents in it make ${
        actual.toLocaleString("en-US")
      } mutations, ` +
        `and ${MAX_MUTATIONS} are all or nothing; commit less at a time`,
      { limit: "mutations per commit", allowed: MAX_MUTATIONS, actual },
    );
  }

  /** What is expected to be stored before the writes, as far as a read is not needed to know it. */
  async #expect(writes: readonly Write[]): Promise<Before[]> {
    const unconditional = writes.filter(({ ifVersion }) => ifVersion === undefined);
    // A document that is replaced blindly may have chunks to remove.
    const counts = await document.countChunks(
      this.#kv,
      unconditional.map(({ type, id }) => this.#place(type, id)),
    );
    const chunks = new Map(unconditional.map((write, index) => [write, counts[index]!]));
    return writes.map((write) => {
      const { type, key, ifVersion } = write;
      if (ifVersion === undefined) return { versionstamp: undefined, chunks: chunks.get(write)! };
      if (ifVersion === null) return { versionstamp: null, chunks: 0 };
      const version = document.parseVersion(ifVersion);
      if (version && version.expires > this.#now()) return version;
      throw new ConflictError(this.name, type, key);
    });
  }

  /** The same after a check has failed: an expired entry that is still there counts as none. */
  async #expectAgain(writes: readonly Write[], before: readonly Before[]): Promise<Before[]> {
    const keys = writes.map(({ type, id }) => document.headKey(this.#place(type, id)));
    const found = await document.getAll(this.#kv, keys);
    return writes.map(({ type, key, ifVersion }, index) => {
      const { versionstamp } = found[index]!;
      const expected = before[index]!;
      if (ifVersion === undefined || versionstamp === expected.versionstamp) return expected;
      if (ifVersion === null && this.#isGone(found[index]!)) {
        return { versionstamp, chunks: document.chunksOf(found[index]!) };
      }
      throw new ConflictError(this.name, type, key);
    });
  }

  /** Writes, or returns `undefined` when something else is stored than was expected. */
  async #apply(
    writes: readonly Write[],
    before: readonly Before[],
  ): Promise<(Version | null)[] | undefined> {
    const atomic = this.#kv.atomic();
    const heads = writes.map(({ type, id, put }, index) => {
      const place = this.#place(type, id);
      const { versionstamp, chunks } = before[index]!;
      if (versionstamp !== undefined) atomic.check({ key: document.headKey(place), versionstamp });
      if (!put) return document.deleteDocument(atomic, place, chunks);
      const { encoded: { format, text }, metadata, ttl } = put;
      const head = {
        format,
        ...metadata !== undefined && { metadata },
        ...ttl !== undefined && { expires: Math.ceil(this.#now() + ttl) },
      };
      return document.setDocument(atomic, place, { head, text, ttl, chunksBefore: chunks });
    });
    this.#changes?.note(atomic, writes);
    const result = await commitWhenFree(atomic);
    if (!result.ok) return undefined;
    return heads.map((head) => head ? document.formatVersion(result.versionstamp, head) : null);
  }

  /** Deletes entries as they were found; those that were written since then came after. */
  async #delete(type: string, found: readonly DenoKvEntry[]): Promise<void> {
    const atomic = this.#kv.atomic();
    for (const entry of found) {
      const place = this.#place(type, entry.key.at(-1) as string);
      atomic.check({ key: document.headKey(place), versionstamp: entry.versionstamp });
      document.deleteDocument(atomic, place, document.chunksOf(entry));
    }
    this.#changes?.note(atomic, found.map(({ key }) => ({ type, id: key.at(-1) as string })));
    if (found.length === 0 || (await commitWhenFree(atomic)).ok || found.length === 1) return;
    for (const entry of found) await this.#delete(type, [entry]);
  }

  async #toEntry(place: document.Place, found: DenoKvEntry): Promise<Entry | undefined> {
    if (this.#isGone(found)) return undefined;
    const key = decodeKey(place.id);
    const { type } = place;
    const [head, versionstamp] = [found.value as document.Head, found.versionstamp!];
    const text = await document.readText(this.#kv, place, { head, versionstamp });
    if (text === undefined) {
      const again = await this.#kv.get(document.headKey(place));
      if (again.versionstamp !== versionstamp) return await this.#toEntry(place, again);
      const problem = "some of its chunks are missing; restore the entry or delete it";
      throw new UnreadableEntryError({ type, key }, problem);
    }
    const value = decodeValue({ format: head.format, text }, { type, key });
    const entry = { key, value, version: document.formatVersion(versionstamp, head) };
    return head.metadata === undefined ? entry : { ...entry, metadata: head.metadata };
  }

  #isGone({ value, versionstamp }: DenoKvEntry): boolean {
    const expires = (value as document.Head | null)?.expires ?? Infinity;
    return versionstamp === null || expires <= this.#now();
  }

  #place(type: string, id: string): document.Place {
    return { prefix: this.#prefix, type, id };
  }
}
