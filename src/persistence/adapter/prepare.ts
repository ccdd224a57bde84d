/**
 * What every commit does before its backend is asked: check each write, encode it, and fold several writes to
 * one entry into the one that remains.
 *
 * @module
 */
import { describeKey } from "../../shared/key.ts";
import type { Adapter, DeleteWrite, Key, PutWrite, Version, Write } from "./adapter.ts";
import { ConflictError } from "./errors.ts";
import { encodeKey } from "./keys.ts";
import { type ValueKind, valueKind } from "./value.ts";

/** What `encode` is told of the value that it gets. */
export interface EncodeContext {
  /** What errors call the value, such as `"user/42"`. */
  readonly entry: string;
  /** `"json"` when `JSON.stringify` keeps the value exactly. */
  readonly kind: ValueKind;
}

type Encode<Encoded> = (value: unknown, context: EncodeContext) => Encoded;

/** A write that has been checked and encoded. Without `put` it deletes. */
export interface PreparedWrite<Encoded> {
  /** The type of the entry. */
  readonly type: string;
  /** The key of the entry. */
  readonly key: Key;
  /** The encoded key. */
  readonly encodedKey: string;
  /** The version that the entry must have, `null` for none, `undefined` for any. */
  readonly ifVersion: Version | null | undefined;
  /** What to store; without it the entry is deleted. */
  readonly put?: PreparedPut<Encoded> | undefined;
}

/** What a {@link PreparedWrite} stores. */
export interface PreparedPut<Encoded> {
  /** What the adapter made of the value. */
  readonly encoded: Encoded;
  /** Plain JSON. */
  readonly metadata: unknown;
  /** Milliseconds. */
  readonly ttl: number | undefined;
}

/** The writes to send, and for each write of the commit the index of the one that settles it. */
export interface PreparedCommit<Encoded> {
  readonly writes: readonly PreparedWrite<Encoded>[];
  readonly settledBy: readonly number[];
}

/**
 * Checks and encodes the writes of a commit.
 *
 * @throws {TypeError} when a type, key, value, metadata, version or ttl is not valid or not supported.
 */
export function prepareCommit<Encoded>(
  writes: readonly Write[],
  adapter: Adapter,
  encode: Encode<Encoded>,
): PreparedCommit<Encoded> {
  if (writes.length === 1) {
    return { writes: [prepareWrite(writes[0]!, adapter, encode)], settledBy: [0] };
  }
  const prepared: PreparedWrite<Encoded>[] = [];
  const settledBy: number[] = [];
  const positions = new Map<string, Map<string, number>>();
  for (const write of writes) {
    const next = prepareWrite(write, adapter, encode);
    let ofType = positions.get(next.type);
    if (!ofType) positions.set(next.type, ofType = new Map());
    const position = ofType.get(next.encodedKey);
    if (position === undefined) {
      ofType.set(next.encodedKey, prepared.length);
      settledBy.push(prepared.push(next) - 1);
    } else {
      prepared[position] = follow(prepared[position]!, next, adapter);
      settledBy.push(position);
    }
  }
  return { writes: prepared, settledBy };
}

/** Refuses what cannot name a type. */
export function assertType(type: unknown): asserts type is string {
  if (typeof type === "string" && type !== "" && type.isWellFormed()) return;
  throw new TypeError(
    `Cannot use ${JSON.stringify(type)} as a type: use a string of one or more characters`,
  );
}

function prepareWrite<Encoded>(
  write: Write,
  adapter: Adapter,
  encode: Encode<Encoded>,
): PreparedWrite<Encoded> {
  const { type, key, ifVersion } = write;
  assertType(type);
  const encodedKey = encodeKey(key);
  assertCondition(ifVersion, adapter);
  const put = isDelete(write, adapter) ? undefined : preparePut(write, adapter, encode);
  return { type, key: key instanceof Date ? new Date(key) : key, encodedKey, ifVersion, put };
}

function isDelete(write: Write, { name }: Adapter): write is DeleteWrite {
  const { delete: deletes }: { readonly delete?: unknown } = write as DeleteWrite;
  if (deletes === undefined || deletes === true) return deletes === true;
  throw new TypeError(
    `Cannot commit ${write.type}/${describeKey(write.key)} to ${name}: delete must be true; ` +
      "leave it out to store a value",
  );
}

function preparePut<Encoded>(
  { type, key, value, metadata, ttl }: PutWrite,
  adapter: Adapter,
  encode: Encode<Encoded>,
): PreparedPut<Encoded> {
  const entry = `${type}/${describeKey(key)}`;
  assertTtl(ttl, entry, adapter);
  if (metadata !== undefined && valueKind(metadata, `the metadata of ${entry}`) !== "json") {
    throw new TypeError(`Cannot store the metadata of ${entry}: it is not plain JSON; use JSON`);
  }
  const encoded = encode(value, { entry, kind: valueKind(value, entry) });
  return { encoded, metadata: metadata === undefined ? metadata : structuredClone(metadata), ttl };
}

/** The write that has the effect of two writes to one entry, one after the other. */
function follow<Encoded>(
  first: PreparedWrite<Encoded>,
  second: PreparedWrite<Encoded>,
  adapter: Adapter,
): PreparedWrite<Encoded> {
  const holds = second.ifVersion === undefined || (second.ifVersion === null && !first.put);
  // The first write leaves a version that nobody can have read before.
  if (!holds) throw new ConflictError(adapter.name, second.type, second.key);
  return { ...second, ifVersion: first.ifVersion };
}

function assertCondition(ifVersion: unknown, { name, capabilities }: Adapter): void {
  if (ifVersion === undefined) return;
  if (ifVersion !== null && typeof ifVersion !== "string") {
    throw new TypeError(`Cannot commit to ${name}: ifVersion must be a version or null`);
  }
  if (capabilities.conditional === "none") {
    throw new TypeError(
      `Cannot commit to ${name}: it has no conditional writes, so ifVersion would not hold; ` +
        "use D1 or a Durable Object, or leave ifVersion out and let the last write win",
    );
  }
}

function assertTtl(ttl: unknown, entry: string, { name, capabilities }: Adapter): void {
  if (ttl === undefined) return;
  if (typeof ttl !== "number" || !(ttl > 0 && Number.isFinite(ttl))) {
    throw new TypeError(`Cannot commit ${entry} to ${name}: ttl must be milliseconds above 0`);
  }
  if (!capabilities.expiry) {
    throw new TypeError(`Cannot commit ${entry} to ${name}: entries cannot expire there; omit ttl`);
  }
}
