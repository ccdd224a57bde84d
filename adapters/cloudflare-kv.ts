/**
 * Documents in Cloudflare Workers KV.
 *
 * @module
 */
import type { Capabilities, Entry, Version } from "../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../src/persistence/adapter/base-adapter.ts";
import type { EncodedWrite } from "../src/persistence/adapter/codec.ts";
import { type EntryPage, readPage } from "../src/persistence/adapter/entry-page.ts";
import { compareKeys } from "../src/persistence/adapter/keys.ts";
import { sourceWithin } from "../src/persistence/adapter/source.ts";
import { TextAdapter } from "../src/persistence/adapter/text-adapter.ts";
import { createVersions } from "../src/persistence/adapter/versions.ts";
import { byteLength } from "../src/shared/byte-length.ts";
import { checkOptions } from "../src/shared/check-options.ts";
import { type Clock, systemClock } from "../src/shared/clock.ts";
import { describeKey } from "../src/shared/key.ts";
import * as kind from "../src/shared/kinds.ts";
import { type KvBinding, kvKind, type KvName, type KvPage } from "./_cloudflare-kv/binding.ts";
import { bulks } from "./_cloudflare-kv/bulks.ts";
import { writingError } from "./_cloudflare-kv/errors.ts";
import * as limits from "./_cloudflare-kv/limits.ts";
import { callEach } from "./_shared/call-each.ts";
import { own } from "./_shared/own.ts";
import { formatRecord, namePrefix, parseRecord, rootOf } from "./_shared/record.ts";
import { assertBound } from "./_shared/worker-binding.ts";

export type { KvBinding, KvName, KvPage } from "./_cloudflare-kv/binding.ts";

/** Options of {@link CloudflareKvStore}. */
export interface CloudflareKvStoreOptions {
  /** What every name in the namespace begins with, before a slash; `"rian"` by default. */
  readonly prefix?: string;
  /** Decides when entries expire; for tests. */
  readonly clock?: Pick<Clock, "now">;
  /** Returns a token that it never returned before; for tests. */
  readonly createVersion?: () => Version;
}

const optionKinds: kind.Kinds<CloudflareKvStoreOptions> = {
  prefix: kind.text,
  clock: kind.timepiece,
  createVersion: kind.callback,
};

/**
 * Keeps documents in Workers KV, under names such as `rian/User/42`. KV is eventually consistent and has no
 * compare-and-set: the last write wins, other places may read the previous state for a minute or more, and a commit of
 * several writes is not all or nothing. It suits documents that are read often and written rarely, by one writer;
 * otherwise use D1 or a Durable Object.
 *
 * A document may be up to 26 MB. Lists that begin after a key, or are reversed, read the names of the whole type.
 *
 * @example In a Worker with a KV binding named `KV`
 * ```ts ignore
 * import { CloudflareKvStore } from "rian/cloudflare-kv";
 *
 * export default {
 *   async fetch(_request: Request, env: { KV: KVNamespace }): Promise<Response> {
 *     const store = new CloudflareKvStore(env.KV);
 *     await store.commit([{ type: "Page", key: "home", value: { title: "Fáilte" }, ttl: 3_600_000 }]);
 *     return Response.json(await store.load("Page", "home"));
 *   },
 * };
 * ```
 */
export class CloudflareKvStore extends TextAdapter {
  /** The backend, as errors name it. */
  override readonly name = "Workers KV";
  /** What the backend promises. */
  override readonly capabilities: Capabilities = {
    conditional: "none",
    atomicWrites: 1,
    atomicBytes: Infinity,
    maxValueBytes: limits.maxValueBytes,
    maxMetadataBytes: limits.maxMetadataBytes,
    watch: false,
    expiry: true,
    writesPerSecondPerKey: limits.writesPerSecondPerKey,
  };
  /** The binding and the prefix. */
  readonly source: object;
  /** @internal */
  protected override readonly place = "an entry";
  /** @internal */
  protected override readonly maxKeyBytes: number = limits.maxNameBytes;
  readonly #kv: KvBinding;
  readonly #root: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #createVersion: () => Version;

  /**
   * Uses a KV binding, such as `env.KV`.
   *
   * @throws {TypeError} when the Worker has no such binding, whatever its types say.
   */
  constructor(kv: KvBinding, options: CloudflareKvStoreOptions = {}) {
    assertBound(kv, { name: "Workers KV", section: "kv_namespaces" });
    checkOptions("use Workers KV", { kv, options }, {
      kv: kvKind,
      options: kind.optionsOf(optionKinds),
    });
    super();
    this.#kv = kv;
    this.#root = rootOf(options.prefix ?? "rian");
    this.source = sourceWithin(kv, this.#root);
    this.#clock = options.clock ?? systemClock;
    this.#createVersion = options.createVersion ?? createVersions();
  }

  /** @internal */
  protected override keyText(type: string, encodedKey: string): string {
    return namePrefix(this.#root, type) + encodedKey;
  }

  /** @internal */
  protected override async readEntry(type: string, encodedKey: string): Promise<Entry | undefined> {
    if (!this.canHold(type, encodedKey)) return undefined;
    const record = await this.#kv.get(this.keyText(type, encodedKey), "text");
    return this.#entryOfRecord(type, encodedKey, record);
  }

  /** @internal */
  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    const prefixLength = namePrefix(this.#root, type).length;
    for await (const page of this.#readNames(type, range)) {
      for (const names of bulks(page, Math.min(range.limit, limits.maxBulkKeys))) {
        const records = await this.#kv.get(names, "text");
        yield await readPage(names, (name) => {
          return this.#entryOfRecord(type, name.slice(prefixLength), records.get(name) ?? null);
        });
      }
    }
  }

  /** @internal */
  protected override async write(
    [write]: readonly EncodedWrite[],
  ): Promise<readonly (Version | null)[]> {
    const { type, key, encodedKey, put } = write!;
    try {
      return [await this.#apply(this.keyText(type, encodedKey), put)];
    } catch (cause) {
      const action = `commit to ${this.name}`;
      throw writingError(cause, { action, entry: `${type}/${describeKey(key)}` });
    }
  }

  /** @internal */
  protected override async writeParts(
    parts: readonly (readonly EncodedWrite[])[],
  ): Promise<readonly (Version | null)[]> {
    return (await callEach(parts, (part) => this.write(part), {
      concurrency: limits.maxConnections,
    })).flat();
  }

  /** @internal */
  protected override async clearType(type: string): Promise<void> {
    const everything = { after: undefined, limit: Infinity, reverse: false };
    for await (const page of this.#readNames(type, everything)) {
      await callEach(page, ({ name }) => this.#remove(type, name), {
        concurrency: limits.maxConnections,
      });
    }
  }

  async #remove(type: string, name: string): Promise<void> {
    try {
      await this.#kv.delete(name);
    } catch (cause) {
      throw writingError(cause, { action: `clear ${type} in ${this.name}`, entry: name });
    }
  }

  async #apply(name: string, put: EncodedWrite["put"]): Promise<Version | null> {
    if (!put) {
      await this.#kv.delete(name);
      return null;
    }
    const { encoded, metadata, ttl, version = this.#createVersion() } = put;
    const expires = ttl === undefined ? undefined : this.#clock.now() + ttl;
    const record = formatRecord({ format: encoded.format, version, metadata, expires }, encoded);
    const options = {
      metadata: { bytes: byteLength(record) },
      ...ttl && { expirationTtl: secondsOf(ttl) },
    };
    await this.#kv.put(name, record, own(options));
    return version;
  }

  /** Yields the names of a type in pages. KV can neither begin a list after a given name nor reverse it. */
  async *#readNames(type: string, { after, reverse }: KeyRange): AsyncGenerator<readonly KvName[]> {
    if (!this.canHold(type, "")) return;
    const prefix = namePrefix(this.#root, type);
    const from = after === undefined ? undefined : prefix + after;
    const all: KvName[] = [];
    let cursor: string | undefined;
    do {
      const options = own({ prefix, ...cursor !== undefined && { cursor } });
      const page: KvPage = await this.#kv.list(options);
      const wanted = page.keys.filter(({ name }) => {
        if (from === undefined) return true;
        return reverse ? compareKeys(name, from) < 0 : compareKeys(name, from) > 0;
      });
      if (reverse) all.push(...wanted);
      else yield wanted;
      cursor = page.list_complete ? undefined : page.cursor;
    } while (cursor !== undefined);
    if (reverse) yield all.reverse();
  }

  #entryOfRecord(type: string, encodedKey: string, record: string | null): Entry | undefined {
    return record === null
      ? undefined
      : parseRecord(record, { type, encodedKey, now: this.#clock.now() });
  }
}

/** Returns a ttl in KV's whole seconds, from 60 up; the exact time is in the record, and reads go by that. */
function secondsOf(ttl: number): number {
  return Math.min(limits.maxTtlSeconds, Math.max(limits.minTtlSeconds, Math.ceil(ttl / 1_000)));
}
