/**
 * What every commit does before its backend is asked: it checks each write, encodes it, and folds several writes to one
 * entry into the one that remains.
 *
 * @module
 */
import { fits } from "../../shared/byte-length.ts";
import { copyJson } from "../../shared/copy-json.ts";
import { describe } from "../../shared/describe.ts";
import { describeKey } from "../../shared/key.ts";
import { own } from "../../shared/own.ts";
import type { Adapter, CheckWrite, DeleteWrite, Key, PutWrite, Version, Write } from "./adapter.ts";
import { ConflictError } from "./errors.ts";
import { encodeKey } from "./keys.ts";
import { tooLong } from "./size.ts";
import { type ValueKind, valueKind } from "./value.ts";

/** What `encode` receives beside the value. */
export interface EncodeContext {
  /** What errors call the value, such as `"user/42"`. */
  readonly entry: string;
  /** `"json"` when `JSON.stringify` keeps the value exactly. */
  readonly kind: ValueKind;
}

type WritePart = keyof PutWrite | keyof DeleteWrite | keyof CheckWrite;
type Encode<Encoded> = (value: unknown, context: EncodeContext) => Encoded;

/** A write that has been checked and encoded. Without `put` it deletes. */
export interface PreparedWrite<Encoded> {
  /** The type of the entry. */
  readonly type: string;
  /** The key of the entry. */
  readonly key: Key;
  /** The key as text. */
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
  /** The metadata as text, where it was measured. */
  readonly metadataText: string | undefined;
  /** Milliseconds. */
  readonly ttl: number | undefined;
  /** The version that the caller gives the entry; without it, the adapter makes one. */
  readonly version: Version | undefined;
}

/** What has to be stored for a commit to take effect. */
export interface PreparedCheck {
  /** The type of the entry. */
  readonly type: string;
  /** The key of the entry. */
  readonly key: Key;
  /** The key as text. */
  readonly encodedKey: string;
  /** The version that the entry must have, `null` for none. */
  readonly ifVersion: Version | null;
}

/** What a commit does to one entry. */
export interface PreparedStep<Encoded> extends PreparedWrite<Encoded> {
  /** Whether it only compares. */
  readonly check: boolean;
}

/** What a commit does to each of its entries, and for each of its writes the index of the step that settles it. */
export interface PreparedCommit<Encoded> {
  readonly steps: readonly PreparedStep<Encoded>[];
  readonly settledBy: readonly number[];
}

/**
 * Checks and encodes the writes of a commit.
 *
 * @throws {TypeError} when a type, key, value, metadata, version or ttl is not valid or not supported.
 * @throws {StorageLimitError} when a value or metadata is larger than the backend allows.
 */
export function prepareCommit<Encoded>(
  writes: readonly Write[],
  adapter: Adapter,
  encode: Encode<Encoded>,
): PreparedCommit<Encoded> {
  if (!Array.isArray(writes)) {
    throw new TypeError(
      `Cannot commit to ${adapter.name}: writes is ${describe(writes)}; pass a list of writes`,
    );
  }
  if (writes.length === 1) {
    return { steps: [prepareWrite(writes[0]!, adapter, encode)], settledBy: [0] };
  }
  const steps: PreparedStep<Encoded>[] = [];
  const settledBy: number[] = [];
  const positions = new Map<string, Map<string, number>>();
  for (const write of writes) {
    const next = prepareWrite(write, adapter, encode);
    let ofType = positions.get(next.type);
    if (!ofType) positions.set(next.type, ofType = new Map());
    const position = ofType.get(next.encodedKey);
    if (position === undefined) {
      ofType.set(next.encodedKey, steps.length);
      settledBy.push(steps.push(next) - 1);
    } else {
      steps[position] = follow(steps[position]!, next, adapter);
      settledBy.push(position);
    }
  }
  return { steps, settledBy };
}

/** Returns all that has to be as it was read for a commit to take effect: its checks, and writes with a condition. */
export function conditionsOf<Encoded>(
  writes: readonly PreparedWrite<Encoded>[],
  checks: readonly PreparedCheck[],
): readonly PreparedCheck[] {
  const conditional = writes.filter(isConditional);
  return checks.length > 0 ? [...conditional, ...checks] : conditional;
}

function isConditional<Encoded>(
  write: PreparedWrite<Encoded>,
): write is PreparedWrite<Encoded> & PreparedCheck {
  return write.ifVersion !== undefined;
}

/** Refuses what cannot name a type. */
export function assertType(type: unknown): asserts type is string {
  if (typeof type === "string" && type !== "" && type.isWellFormed()) return;
  throw new TypeError(
    `Cannot use ${describe(type)} as a type: use a string of one or more characters`,
  );
}

function prepareWrite<Encoded>(
  given: Write,
  adapter: Adapter,
  encode: Encode<Encoded>,
): PreparedStep<Encoded> {
  if (Object(given) !== given) {
    const problem = `a write is ${describe(given)}; pass an object`;
    throw new TypeError(`Cannot commit to ${adapter.name}: ${problem}`);
  }
  const write = own(given);
  const { type, key, ifVersion } = write;
  assertType(type);
  const encodedKey = encodeKey(key);
  assertParts(write, adapter);
  assertCondition(ifVersion, adapter);
  const kind = kindOf(write, adapter);
  const put = kind === "put" ? preparePut(write as PutWrite, adapter, encode) : undefined;
  const copy = key instanceof Date ? new Date(key) : key;
  return { type, key: copy, encodedKey, ifVersion, put, check: kind === "check" };
}

/** Refuses what is no part of a write: a misspelt `ifVersion` would let it overwrite anything. */
function assertParts(write: Write, adapter: Adapter): void {
  for (const name of Object.keys(write)) {
    if (isPart(name as WritePart)) continue;
    const problem = `${name} is not a part of a write; use type, key, value, delete, check, ` +
      "ifVersion, metadata, ttl or version";
    throw refusal(write, adapter, problem);
  }
}

// Every write of every commit comes here, and a switch takes a third of the time of a set.
function isPart(name: WritePart): boolean {
  switch (name) {
    case "type":
    case "key":
    case "value":
    case "delete":
    case "check":
    case "ifVersion":
    case "metadata":
    case "ttl":
    case "version":
      return true;
    default:
      name satisfies never;
      return false;
  }
}

function kindOf(write: Write, adapter: Adapter): "put" | "delete" | "check" {
  const flags = write as { readonly delete?: unknown; readonly check?: unknown };
  if (flags.delete === undefined && flags.check === undefined) {
    if (Object.hasOwn(write, "value")) return "put";
    throw refusal(write, adapter, "it has no value, delete or check; give it one of them");
  }
  for (const flag of ["delete", "check"] as const) {
    if (flags[flag] === undefined || flags[flag] === true) continue;
    throw refusal(write, adapter, `${flag} must be true; leave it out to store a value`);
  }
  if (!flags.check) return "delete";
  if (flags.delete) {
    throw refusal(write, adapter, "it has both delete and check; leave one of them out");
  }
  if (write.ifVersion !== undefined) return "check";
  const problem = "a check needs ifVersion; give the version that was read, or null for no entry";
  throw refusal(write, adapter, problem);
}

function refusal({ type, key }: Write, { name }: Adapter, problem: string): TypeError {
  return new TypeError(`Cannot commit ${type}/${describeKey(key)} to ${name}: ${problem}`);
}

function preparePut<Encoded>(
  { type, key, value, metadata, ttl, version }: PutWrite,
  adapter: Adapter,
  encode: Encode<Encoded>,
): PreparedPut<Encoded> {
  const entry = `${type}/${describeKey(key)}`;
  assertTtl(ttl, entry, adapter);
  assertVersion(version, entry, adapter);
  const metadataText = metadata === undefined ? undefined : measured(metadata, entry, adapter);
  const encoded = encode(value, { entry, kind: valueKind(value, entry) });
  return { encoded, metadata: copyJson(metadata), metadataText, ttl, version };
}

/** Refuses metadata that cannot be stored, and returns them as text where a backend bounds them. */
function measured(
  metadata: unknown,
  entry: string,
  { name, capabilities: { maxMetadataBytes: allowed } }: Adapter,
): string | undefined {
  const what = `the metadata of ${entry}`;
  if (valueKind(metadata, what) !== "json") {
    throw new TypeError(`Cannot store ${what}: it is not plain JSON; use JSON`);
  }
  if (allowed === Infinity) return undefined;
  const text = JSON.stringify(metadata);
  if (fits(text, allowed)) return text;
  const misfit = {
    what,
    place: "the metadata of an entry",
    limit: "metadata bytes",
    allowed,
  } as const;
  throw tooLong(name, text, misfit);
}

/** Returns the step that has the effect of two steps on one entry, one after the other. */
function follow<Encoded>(
  first: PreparedStep<Encoded>,
  second: PreparedStep<Encoded>,
  adapter: Adapter,
): PreparedStep<Encoded> {
  if (second.ifVersion !== undefined) {
    // A check leaves the version it asks for, a delete none, and a put its own, or one that nobody can know yet.
    const left = first.check ? first.ifVersion : first.put ? first.put.version : null;
    if (second.ifVersion !== left) throw new ConflictError(adapter.name, second.type, second.key);
  }
  return second.check ? first : { ...second, ifVersion: first.ifVersion };
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

function assertVersion(version: unknown, entry: string, { name }: Adapter): void {
  if (version === undefined) return;
  if (typeof version === "string" && version !== "" && version.isWellFormed()) return;
  throw new TypeError(
    `Cannot commit ${entry} to ${name}: version is ${describe(version)}; ` +
      "use a string of one or more characters that was never used before, or leave it out",
  );
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
