import { checkOptions } from "../../shared/check-options.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { copyJson } from "../../shared/copy-json.ts";
import * as kind from "../../shared/kinds.ts";
import type { Capabilities, Entry, Key, Version } from "./adapter.ts";
import { BaseAdapter, type KeyRange } from "./base-adapter.ts";
import { type EntryPage, readPage } from "./entry-page.ts";
import { ConflictError } from "./errors.ts";
import { decodeKey } from "./keys.ts";
import { Listeners } from "./listeners.ts";
import { type HeldEntry, MemoryTable } from "./memory-table.ts";
import { inPages } from "./page-size.ts";
import {
  assertType,
  conditionsOf,
  type EncodeContext,
  type PreparedCheck,
  type PreparedWrite,
} from "./prepare.ts";
import type { ValueKind } from "./value.ts";
import { createVersions } from "./versions.ts";

/** Options of {@link MemoryStore}. */
export interface MemoryStoreOptions {
  /** Decides when entries expire; for tests. */
  readonly clock?: Pick<Clock, "now">;
  /** Returns a token that it never returned before; for tests. */
  readonly createVersion?: () => Version;
}

const optionKinds: kind.Kinds<MemoryStoreOptions> = {
  clock: kind.timepiece,
  createVersion: kind.callback,
};

/** A value that the store owns. */
type OwnedValue = Pick<HeldEntry, "value" | "kind">;

/**
 * Keeps entries in this process's memory, and copies values on the way in and out as a database would. It is made for
 * tests and prototypes, and is the reference for what an adapter does.
 *
 * @example
 * ```ts
 * import { MemoryStore } from "rian";
 *
 * const store = new MemoryStore();
 * const [version] = await store.commit([{ type: "User", key: 42, value: { name: "Ada" } }]);
 * await store.commit([{ type: "User", key: 42, value: { name: "Grace" }, ifVersion: version }]);
 * console.log((await store.get("User", 42))?.value); // { name: "Grace" }
 * ```
 */
export class MemoryStore extends BaseAdapter<unknown> {
  /** The backend, as errors name it. */
  readonly name = "MemoryStore";
  /** What the backend promises. */
  readonly capabilities: Capabilities = {
    conditional: "process",
    atomicWrites: Infinity,
    atomicBytes: Infinity,
    maxValueBytes: Infinity,
    maxMetadataBytes: Infinity,
    watch: true,
    expiry: true,
  };
  readonly #tables: Map<string, MemoryTable> = new Map();
  readonly #listeners: Listeners = new Listeners();
  readonly #clock: Pick<Clock, "now">;
  readonly #createVersion: () => Version;

  /** Makes an empty store. */
  constructor(options: MemoryStoreOptions = {}) {
    const kinds = { options: kind.optionsOf(optionKinds) };
    const { clock, createVersion } = checkOptions("use MemoryStore", { options }, kinds).options;
    super();
    this.#clock = clock ?? systemClock;
    this.#createVersion = createVersion ?? createVersions();
  }

  /** Calls the listener with the keys of a type that commits and clears change. */
  watch(type: string, listener: (keys: readonly Key[]) => void): () => void {
    this.assertCallable(type);
    return this.#listeners.add(type, listener);
  }

  /** Returns how many entries a type has. */
  count(type: string): Promise<number> {
    return this.run(() => {
      assertType(type);
      return this.#tables.get(type)?.size ?? 0;
    });
  }

  /** @internal */
  protected override encode(value: unknown, { kind }: EncodeContext): unknown {
    return { value: copyOf(value, kind), kind } satisfies OwnedValue;
  }

  /** @internal */
  protected override readEntry(type: string, encodedKey: string): Entry | undefined {
    const held = this.#tables.get(type)?.get(encodedKey, this.#clock.now());
    return held && entryOfHeld(encodedKey, held);
  }

  /** @internal */
  protected override async *readPages(type: string, range: KeyRange): AsyncGenerator<EntryPage> {
    const table = this.#tables.get(type);
    if (!table) return;
    for (const encodedKeys of inPages(table.encodedKeys(range), range.limit)) {
      const now = this.#clock.now();
      yield await readPage(encodedKeys, (encodedKey) => {
        // The table is another one if the type has been cleared since.
        const held = this.#tables.get(type)?.get(encodedKey, now);
        return held && entryOfHeld(encodedKey, held);
      });
    }
  }

  /** @internal */
  protected override write(
    writes: readonly PreparedWrite<unknown>[],
    checks: readonly PreparedCheck[],
  ): readonly (Version | null)[] {
    const now = this.#clock.now();
    for (const { type, key, encodedKey, ifVersion } of conditionsOf(writes, checks)) {
      const version = this.#tables.get(type)?.get(encodedKey, now)?.version ?? null;
      if (version !== ifVersion) throw new ConflictError(this.name, type, key);
    }
    const versions = writes.map((write) => this.#apply(write, now));
    this.#listeners.notifyOf(writes);
    return versions;
  }

  /** @internal */
  protected override clearType(type: string): void {
    const encodedKeys = this.#tables.get(type)?.encodedKeys({ after: undefined, reverse: false }) ??
      [];
    this.#tables.delete(type);
    this.#listeners.notify(type, [...encodedKeys].map(decodeKey));
  }

  /** @internal */
  protected override release(): Promise<void> {
    this.#tables.clear();
    this.#listeners.clear();
    return Promise.resolve();
  }

  #apply({ type, encodedKey, put }: PreparedWrite<unknown>, now: number): Version | null {
    if (!put) {
      this.#tables.get(type)?.delete(encodedKey);
      return null;
    }
    const version = put.version ?? this.#createVersion();
    const expires = put.ttl === undefined ? Infinity : now + put.ttl;
    let table = this.#tables.get(type);
    if (!table) this.#tables.set(type, table = new MemoryTable());
    table.set(encodedKey, {
      ...put.encoded as OwnedValue,
      metadata: put.metadata,
      version,
      expires,
    }, now);
    return version;
  }
}

function entryOfHeld(encodedKey: string, { value, kind, metadata, version }: HeldEntry): Entry {
  const entry = { key: decodeKey(encodedKey), value: copyOf(value, kind), version };
  return metadata === undefined ? entry : { ...entry, metadata: copyJson(metadata) };
}

function copyOf(value: unknown, kind: ValueKind): unknown {
  return kind === "json" ? copyJson(value) : structuredClone(value);
}
