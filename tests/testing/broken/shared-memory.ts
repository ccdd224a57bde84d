import type {
  Capabilities,
  Entry,
  Key,
  Version,
} from "../../../src/persistence/adapter/adapter.ts";
import type { KeyRange } from "../../../src/persistence/adapter/base-adapter.ts";
import {
  decodeEntry,
  type EncodedValue,
  type EncodedWrite,
} from "../../../src/persistence/adapter/codec.ts";
import { type EntryPage, readPage } from "../../../src/persistence/adapter/entry-page.ts";
import { ConflictError } from "../../../src/persistence/adapter/errors.ts";
import { compareKeys, decodeKey } from "../../../src/persistence/adapter/keys.ts";
import { Listeners } from "../../../src/persistence/adapter/listeners.ts";
import { inPages } from "../../../src/persistence/adapter/page-size.ts";
import { conditionsOf, type PreparedCheck } from "../../../src/persistence/adapter/prepare.ts";
import { TextAdapter } from "../../../src/persistence/adapter/text-adapter.ts";

interface Row extends EncodedValue {
  readonly version: Version;
  readonly metadata: unknown;
  readonly expires: number;
}

/** What stores that are opened on it have in common. */
export class SharedMemory {
  readonly types: Map<string, Map<string, Row>> = new Map();
  readonly watchers: Set<Listeners> = new Set();
  now = 0;

  row(type: string, encodedKey: string): Row | undefined {
    const row = this.types.get(type)?.get(encodedKey);
    return row && row.expires > this.now ? row : undefined;
  }
}

/** Keeps every promise there is, within narrow limits: broken adapters are made of it. */
export class SharedMemoryStore extends TextAdapter {
  override readonly name = "SharedMemory";
  override readonly capabilities: Capabilities = {
    conditional: "global",
    atomicWrites: 40,
    atomicBytes: 60_000,
    maxValueBytes: 20_000,
    maxMetadataBytes: 2_000,
    watch: true,
    expiry: true,
  };
  readonly source: object;
  protected override readonly place = "a row";
  protected override readonly maxKeyBytes: number = 1_000;
  readonly #memory: SharedMemory;
  readonly #listeners = new Listeners();

  constructor(memory: SharedMemory) {
    super();
    this.#memory = memory;
    this.source = memory;
    memory.watchers.add(this.#listeners);
  }

  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    this.assertCallable(type);
    return this.#listeners.add(type, listener);
  }

  async count(type: string): Promise<number> {
    this.assertCallable(type);
    return await Promise.resolve(this.#encodedKeys(type).length);
  }

  protected override measure(write: EncodedWrite): number {
    return super.measure(write) + (write.put?.encoded.text.length ?? 0);
  }

  protected override readEntry(type: string, encodedKey: string): Promise<Entry | undefined> {
    return new Promise((resolve) => resolve(this.#entry(type, encodedKey)));
  }

  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    const { after, reverse, limit } = range;
    const compare = reverse ? (a: string, b: string) => compareKeys(b, a) : compareKeys;
    const encodedKeys = this.#encodedKeys(type).sort(compare).filter((encodedKey) => {
      return after === undefined || compare(encodedKey, after) > 0;
    });
    for (const page of inPages(encodedKeys, limit)) {
      yield await readPage(page, (encodedKey) => this.#entry(type, encodedKey));
    }
  }

  protected override async write(
    writes: readonly EncodedWrite[],
    checks: readonly PreparedCheck[],
  ): Promise<readonly (Version | null)[]> {
    const memory = this.#memory;
    for (const { type, key, encodedKey, ifVersion } of conditionsOf(writes, checks)) {
      const version = memory.row(type, encodedKey)?.version ?? null;
      if (ifVersion !== version) throw new ConflictError(this.name, type, key);
    }
    for (const listeners of memory.watchers) listeners.notifyOf(writes);
    return await Promise.resolve(writes.map(({ type, encodedKey, put }) => {
      const rows = memory.types.get(type) ?? new Map();
      if (!put) return rows.delete(encodedKey), null;
      const { encoded, metadata, ttl = Infinity, version = crypto.randomUUID() } = put;
      const row = { ...encoded, version, metadata, expires: memory.now + ttl };
      memory.types.set(type, rows.set(encodedKey, row));
      return version;
    }));
  }

  protected override async clearType(type: string): Promise<void> {
    const keys = this.#encodedKeys(type).map(decodeKey);
    for (const listeners of this.#memory.watchers) listeners.notify(type, keys);
    await Promise.resolve(this.#memory.types.delete(type));
  }

  protected override async release(): Promise<void> {
    await Promise.resolve(this.#memory.watchers.delete(this.#listeners));
  }

  #encodedKeys(type: string): string[] {
    const encodedKeys = [...this.#memory.types.get(type)?.keys() ?? []];
    return encodedKeys.filter((encodedKey) => this.#memory.row(type, encodedKey));
  }

  #entry(type: string, encodedKey: string): Entry | undefined {
    const row = this.#memory.row(type, encodedKey);
    return row &&
      decodeEntry(type, { encodedKey, ...row, metadata: structuredClone(row.metadata) });
  }
}
