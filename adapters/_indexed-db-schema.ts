/**
 * The IndexedDB database of the store: all documents in one object store, under `[type, bytes of the id]`. Bytes,
 * because IndexedDB sorts strings by code unit, and keys sort by code point.
 *
 * @module
 */
import { type DBSchema, type IDBPDatabase, wrap } from "idb";
import type { Version } from "../src/persistence/adapter.ts";

/** A stored document. */
export interface Row {
  readonly type: string;
  readonly id: Uint8Array<ArrayBuffer>;
  readonly text: string;
  readonly format: number;
  readonly version: Version;
  readonly metadata?: unknown;
  /** When the document is gone, in milliseconds since 1970. */
  readonly expires?: number;
}

export interface EntriesSchema extends DBSchema {
  entries: {
    key: [type: string, id: Uint8Array<ArrayBuffer>];
    value: Row;
    indexes: { expires: number };
  };
}

export type EntriesDatabase = IDBPDatabase<EntriesSchema>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function rowKey(type: string, id: string): EntriesSchema["entries"]["key"] {
  return [type, encoder.encode(id)];
}

export function idOf(bytes: BufferSource): string {
  return decoder.decode(bytes);
}

/** Opens the database, made on the first time. */
export async function openEntries(factory: IDBFactory, name: string): Promise<EntriesDatabase> {
  const request = factory.open(name, 1);
  request.onupgradeneeded = () => {
    const entries = request.result.createObjectStore("entries", { keyPath: ["type", "id"] });
    entries.createIndex("expires", "expires");
  };
  const database = await wrap(request);
  return database as unknown as EntriesDatabase;
}

/** All of a type, or what lies behind (before) an id. */
export function rangeOf(
  type: string,
  { after, reverse }: { readonly after?: string | undefined; readonly reverse?: boolean } = {},
): IDBKeyRange {
  // An array sorts after all bytes, and nothing before them.
  const [first, last] = [[type], [type, []]];
  if (after === undefined) return IDBKeyRange.bound(first, last);
  const key = rowKey(type, after);
  return reverse
    ? IDBKeyRange.bound(first, key, false, true)
    : IDBKeyRange.bound(key, last, true, false);
}
