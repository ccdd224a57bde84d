/**
 * How a document is kept in Deno KV: a head under `[…prefix, type, key]`, and the bytes of a large one in chunks under
 * `[…prefix, 1, type, key, n]`, where the number keeps them out of every type's range. One atomic operation writes all
 * of it, so a head and its chunks have the same versionstamp; it also writes a mark of the type under
 * `[…prefix, 4, type]`, without which none of its documents has chunks.
 *
 * @module
 */
import type { Version } from "../../src/persistence/adapter/adapter.ts";
import { byteLength } from "../../src/shared/byte-length.ts";
import { own } from "../_shared/own.ts";
import type { DenoKvAtomic, DenoKvBinding, DenoKvEntry, DenoKvKey } from "./binding.ts";
import {
  chunkBytes,
  headBytes,
  maxChunks,
  maxKeysAtOnce,
  maxMetadataBytes,
  metadataWeight,
} from "./limits.ts";

/** What is under a document's own key. */
export interface Head {
  readonly format: number;
  /** The encoded value, unless it is in chunks. */
  readonly text?: string;
  /** How many chunks there are. */
  readonly chunks: number;
  readonly metadata?: unknown;
  /** When the document is gone, in milliseconds since 1970. */
  readonly expires?: number;
}

/** Where a document is kept. */
export interface Place {
  readonly prefix: readonly string[];
  readonly type: string;
  readonly encodedKey: string;
}

/** What a version says without a read. */
export interface ParsedVersion {
  readonly versionstamp: string;
  readonly chunks: number;
  readonly expires: number;
}

const encoder = new TextEncoder();
/** How many bytes the longest metadata leaves for the text. */
const leastRoom = headBytes - metadataWeight * maxMetadataBytes;

/** Returns the key of a document's head. */
export function headKey({ prefix, type, encodedKey }: Place): DenoKvKey {
  return [...prefix, type, encodedKey];
}

/** Returns the key of one of its chunks. */
export function chunkKey(place: Place, index: number): DenoKvKey {
  return [...chunksOf(place), index];
}

/** Returns the key of the mark, which is there if any document of the type may have chunks. */
export function markKey({ prefix, type }: Pick<Place, "prefix" | "type">): DenoKvKey {
  return [...prefix, 4, type];
}

function chunksOf({ prefix, type, encodedKey }: Place): DenoKvKey {
  return [...prefix, 1, type, encodedKey];
}

/** Returns how many chunks a text makes beside its metadata; 0 if it fits in the head. */
export function countChunks(text: string, metadata: unknown): number {
  // Most texts need no counting.
  if (2 * text.length <= leastRoom) return 0;
  const room = Math.min(chunkBytes, headBytes - measureMetadata(metadata));
  return storedLength(text) <= room ? 0 : Math.ceil(byteLength(text) / chunkBytes);
}

/** Returns how many bytes of an atomic operation a text takes. */
export function measureText(text: string, metadata: unknown): number {
  return countChunks(text, metadata) === 0 ? storedLength(text) : byteLength(text);
}

/** Returns how many bytes of an atomic operation metadata takes, at most. */
export function measureMetadata(metadata: unknown): number {
  return metadata === undefined ? 0 : metadataWeight * byteLength(JSON.stringify(metadata));
}

/** Returns how many bytes V8 takes for a string: one a character, or two if any is not in Latin-1. */
function storedLength(text: string): number {
  return /^[\0-\xff]*$/.test(text) ? text.length : 2 * text.length;
}

/** Adds a document to an atomic operation, in place of one that had this many chunks. */
export function setDocument(
  atomic: DenoKvAtomic,
  place: Place,
  { head, text, ttl, chunksBefore }: {
    readonly head: Omit<Head, "text" | "chunks">;
    readonly text: string;
    readonly ttl: number | undefined;
    readonly chunksBefore: number;
  },
): Head {
  const options = own(ttl === undefined ? {} : { expireIn: Math.ceil(ttl) });
  const chunks = split(text, head.metadata);
  const isLarge = chunks.length > 0;
  const whole = isLarge ? { ...head, chunks: chunks.length } : { ...head, chunks: 0, text };
  atomic.set(headKey(place), whole, options);
  if (isLarge) atomic.set(markKey(place), true, own({}));
  for (const [index, chunk] of chunks.entries()) {
    atomic.set(chunkKey(place, index), chunk, options);
  }
  deleteChunks(atomic, place, { from: chunks.length, to: chunksBefore });
  return whole;
}

/** Adds the removal of a document that has this many chunks to an atomic operation. */
export function deleteDocument(atomic: DenoKvAtomic, place: Place, chunks: number): void {
  atomic.delete(headKey(place));
  deleteChunks(atomic, place, { from: 0, to: chunks });
}

/**
 * Yields what is under the keys of a type's documents. A store whose prefix goes on with the name of the type has
 * longer keys there, which are left out.
 */
export async function* listHeads(
  { kv, prefix }: { readonly kv: DenoKvBinding; readonly prefix: readonly string[] },
  type: string,
  { after, reverse, batchSize }: {
    readonly after: string | undefined;
    readonly reverse: boolean;
    readonly batchSize: number;
  },
): AsyncGenerator<DenoKvEntry> {
  const ofType = [...prefix, type];
  // No key lies between a key and the same with a NUL appended.
  const selector = after === undefined
    ? { prefix: ofType }
    : reverse
    ? { prefix: ofType, end: [...ofType, after] }
    : { prefix: ofType, start: [...ofType, `${after}\0`] };
  for await (const entry of kv.list(own(selector), own({ reverse, batchSize }))) {
    if (entry.key.length === ofType.length + 1) yield entry;
  }
}

/** Returns the head that was found, or `undefined` if it is none: others can write there as well. */
export function toHead({ value }: DenoKvEntry): Head | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { format, text, chunks, expires } = value as { readonly [Name in keyof Head]: unknown };
  const isWhole = typeof format === "number" && isChunkCount(chunks) &&
    (chunks === 0 ? typeof text === "string" : text === undefined) &&
    (expires === undefined || typeof expires === "number");
  return isWhole ? value as Head : undefined;
}

/** Returns whether there is nothing, or an entry that has expired. */
export function isGone(found: DenoKvEntry, now: number): boolean {
  const head = toHead(found);
  return found.versionstamp === null || (head !== undefined && isExpired(head, now));
}

/** Returns whether an entry has expired. */
export function isExpired({ expires = Infinity }: Head, now: number): boolean {
  return expires <= now;
}

/** Returns about how long the text of the document is. */
export function lengthOf({ value }: DenoKvEntry): number {
  const { text, chunks } = Object(value) as Partial<Head>;
  return typeof text === "string" ? text.length : isChunkCount(chunks) ? chunks * chunkBytes : 0;
}

/** Returns the text in chunks, or `undefined` if one of them is of another state than the head, or damaged. */
export async function readChunks(
  kv: DenoKvBinding,
  place: Place,
  { head, versionstamp }: { readonly head: Head; readonly versionstamp: string | null },
): Promise<string | undefined> {
  const keys = Array.from({ length: head.chunks }, (_, index) => chunkKey(place, index));
  const entries = await getAll(kv, keys);
  if (entries.some((entry) => entry.versionstamp !== versionstamp)) return undefined;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    const parts = entries.map(({ value }) => decoder.decode(value as Uint8Array, { stream: true }));
    return parts.join("") + decoder.decode();
  } catch {
    return undefined;
  }
}

/** Returns how many chunks a document has, whatever its head says. */
export async function findChunks(kv: DenoKvBinding, place: Place): Promise<number> {
  const options = own({ limit: 1, batchSize: 1, reverse: true });
  for await (const { key } of kv.list(own({ prefix: chunksOf(place) }), options)) {
    return Math.min(Number(key.at(-1)) + 1 || 0, maxChunks);
  }
  return 0;
}

function split(text: string, metadata: unknown): Uint8Array[] {
  if (countChunks(text, metadata) === 0) return [];
  const bytes = encoder.encode(text);
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    // A copy, because a view would be stored with its whole buffer.
    chunks.push(bytes.slice(start, start + chunkBytes));
  }
  return chunks;
}

function deleteChunks(
  atomic: DenoKvAtomic,
  place: Place,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  for (let index = from; index < to; index++) atomic.delete(chunkKey(place, index));
}

/** Reads any number of keys, ten at a time as Deno KV allows. */
export async function getAll(
  kv: DenoKvBinding,
  keys: readonly DenoKvKey[],
): Promise<DenoKvEntry[]> {
  const parts: Promise<DenoKvEntry[]>[] = [];
  for (let start = 0; start < keys.length; start += maxKeysAtOnce) {
    parts.push(kv.getMany(keys.slice(start, start + maxKeysAtOnce)));
  }
  return (await Promise.all(parts)).flat();
}

/** Returns a version, which carries what a later write has to know of the entry that it replaces. */
export function formatVersion(versionstamp: string, { chunks, expires }: Head): Version {
  return `${versionstamp}.${chunks}.${expires ?? ""}`;
}

/** Returns what {@link formatVersion} put in a version; `undefined` for one that no entry ever had. */
export function parseVersion(version: Version): ParsedVersion | undefined {
  const match = /^([0-9a-f]{20})\.(\d+)\.(\d*)$/.exec(version);
  if (!match || !isChunkCount(Number(match[2]))) return undefined;
  const expires = match[3] ? Number(match[3]) : Infinity;
  return { versionstamp: match[1]!, chunks: Number(match[2]), expires };
}

function isChunkCount(chunks: unknown): chunks is number {
  return Number.isInteger(chunks) && (chunks as number) >= 0 && (chunks as number) <= maxChunks;
}
