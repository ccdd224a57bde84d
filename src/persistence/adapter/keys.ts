/**
 * Keys as text. Every backend keeps text, but few keep `1` apart from `"1"`, sort numbers as numbers, or survive a NUL;
 * so adapters store encoded keys, whose order by code point is the order of the keys.
 *
 * | key | encoded |
 * | --- | --- |
 * | boolean | `!b0`, `!b1` |
 * | number | `!n` and its IEEE 754 bits as hexadecimal digits, flipped so they sort, without zeros at the end |
 * | Date | `!t` and its time, as a number |
 * | string | itself, after `!~` if it is empty or starts with `!` or a character below it |
 *
 * Inside strings NUL and lone surrogates are escaped by U+0001 and U+D7FF, their neighbours in the order.
 *
 * @module
 */
import type { Key } from "./adapter.ts";
import { UnreadableEntryError } from "./errors.ts";

const booleanTag = "!b";
const numberTag = "!n";
const dateTag = "!t";
const stringTag = "!~";

const signBit = 0x8000_0000;
// deno-lint-ignore no-control-regex -- backends lose NULs and lone surrogates
const special = /[\0\x01\ud7ff]|\p{Surrogate}/u;
const allSpecial = new RegExp(special, "gu");
const surrogate = /[\ud800-\udfff]/;
/** A zero at the end would have been left out. */
const sortableDigits = /^[\da-f]{0,15}[1-9a-f]$/;
const scratch = new DataView(new ArrayBuffer(8));

/**
 * Returns the text under which a backend stores a key. Encoded keys are equal exactly when the keys are, and their
 * order by code point, which is that of their UTF-8 bytes, is the order of the keys. They hold no NUL and are well-formed
 * UTF-16.
 *
 * @throws {TypeError} when the key is `NaN`, an invalid date or of another type.
 *
 * @example Ordinary strings stay as they are
 * ```ts
 * import { encodeKey } from "rian/adapter";
 *
 * console.log(encodeKey("my-list")); // my-list
 * console.log(encodeKey(1)); // !nbff
 * ```
 */
export function encodeKey(key: Key): string {
  assertKey(key);
  switch (typeof key) {
    case "string":
      return key.charCodeAt(0) > 0x21 ? escape(key) : stringTag + escape(key);
    case "number":
      return numberTag + sortableHex(key);
    case "boolean":
      return booleanTag + (key ? "1" : "0");
    default:
      return dateTag + sortableHex(key.getTime());
  }
}

/**
 * Returns the key that {@link encodeKey} made this text of.
 *
 * @throws {TypeError} when no key has this encoding.
 */
export function decodeKey(encoded: string): Key {
  const key = tryDecode(encoded);
  if (key !== undefined) return key;
  throw new TypeError(
    `Cannot decode the stored key ${JSON.stringify(encoded)}: it was not written by encodeKey; ` +
      "remove the entry or store it under an encoded key",
  );
}

/**
 * Returns the key of an entry that a backend holds under this text.
 *
 * @throws {UnreadableEntryError} when the text is no encoded key; a list can go on after it.
 */
export function decodeStoredKey(type: string, encodedKey: unknown): Key {
  const key = typeof encodedKey === "string" ? tryDecode(encodedKey) : undefined;
  if (key !== undefined) return key;
  throw new UnreadableEntryError(
    { type, encodedKey: String(encodedKey) },
    "it is not stored under a key of rian's; remove it with the backend's own tools, or clear the type",
  );
}

/** Returns the keys of texts under which a backend holds entries, without those of texts that are no encoded keys. */
export function decodeStoredKeys(encodedKeys: Iterable<string>): Key[] {
  return [...encodedKeys].map(tryDecode).filter((key) => key !== undefined);
}

/** Returns the key, or `undefined` if it is encoded otherwise: no two texts may stand for one key. */
function tryDecode(encoded: string): Key | undefined {
  if (encoded.charCodeAt(0) > 0x21 && !special.test(encoded)) return encoded;
  const tag = encoded.slice(0, 2);
  const rest = encoded.slice(2);
  if (tag === numberTag) {
    const number = fromSortableHex(rest);
    return Number.isNaN(number) ? undefined : number;
  }
  const key = tag === booleanTag
    ? rest === "1"
    : tag === dateTag
    ? new Date(fromSortableHex(rest))
    : unescape(tag === stringTag ? rest : encoded);
  return isKey(key) && encodeKey(key) === encoded ? key : undefined;
}

/**
 * Compares keys in the order in which entries are listed: booleans, numbers, dates, strings; strings by code point.
 * Returns a negative number if `a` comes first, and 0 if the two are the same key.
 */
export function compareKeys(a: Key, b: Key): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts encoded keys by code point, in place. */
export function sortEncodedKeys(encodedKeys: string[]): string[] {
  // Engines sort by code units, and far faster; the two orders differ only around surrogates.
  return encodedKeys.some((encodedKey) => surrogate.test(encodedKey))
    ? encodedKeys.sort(compareKeys)
    : encodedKeys.sort();
}

/** Returns whether this can be a key. */
export function isKey(key: unknown): key is Key {
  if (typeof key === "string" || typeof key === "boolean") return true;
  return (typeof key === "number" || key instanceof Date) && !Number.isNaN(Number(key));
}

/** Refuses what cannot be a key: `NaN`, invalid dates, other types. */
export function assertKey(key: unknown): asserts key is Key {
  if (isKey(key)) return;
  if (typeof key === "number") {
    throw new TypeError("Cannot use NaN as a key: it does not equal itself; use a number");
  }
  if (key instanceof Date) {
    throw new TypeError("Cannot use an invalid date as a key: it has no time; use a valid Date");
  }
  const kind = key === null ? "null" : typeof key;
  throw new TypeError(
    `Cannot use this key: it is of type ${kind}; use a string, number, boolean or Date`,
  );
}

function rank(key: Key): number {
  if (typeof key === "boolean") return 0;
  if (typeof key === "number") return 1;
  return typeof key === "string" ? 3 : 2;
}

function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let index = 0;
  while (index < length && a.charCodeAt(index) === b.charCodeAt(index)) index++;
  if (index === length) return a.length - b.length;
  // A difference in the second half of a surrogate pair is one between the characters that begin before it.
  const began = index > 0 && isHighSurrogate(a.charCodeAt(index - 1)) ? index - 1 : index;
  // After half a character that is the same in both, the next one differs.
  return a.codePointAt(began)! - b.codePointAt(began)! ||
    a.codePointAt(index)! - b.codePointAt(index)!;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/**
 * Returns a number as digits that sort as numbers do: IEEE 754 doubles sort as unsigned integers once negative ones are
 * inverted and the others get the sign bit. Zeros at the end are left out, which keeps the order and makes most whole
 * numbers short.
 */
function sortableHex(number: number): string {
  // Adding 0 turns -0 into 0: they are one key.
  scratch.setFloat64(0, number + 0);
  const [high, low] = [scratch.getUint32(0), scratch.getUint32(4)];
  const digits = high & signBit ? hex(~high) + hex(~low) : hex(high | signBit) + hex(low);
  let end = digits.length;
  while (digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}

/** Returns the number that has these digits, or `NaN` if none has. */
function fromSortableHex(digits: string): number {
  if (!sortableDigits.test(digits)) return NaN;
  const high = wordOf(digits.slice(0, 8));
  const low = wordOf(digits.slice(8));
  const isNegative = high < signBit;
  scratch.setUint32(0, isNegative ? ~high : high ^ signBit);
  scratch.setUint32(4, isNegative ? ~low : low);
  const number = scratch.getFloat64(0);
  return Object.is(number, -0) ? NaN : number;
}

/** Returns the 32 bits that begin with these digits. */
function wordOf(digits: string): number {
  return digits === "" ? 0 : Number.parseInt(digits, 16) * 16 ** (8 - digits.length);
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, "0");
}

// Each escape starts with the nearest character that every backend keeps, so the order stays.
function escape(text: string): string {
  // Nearly all keys, and a fast test.
  if (!special.test(text)) return text;
  return text.replaceAll(allSpecial, (found) => {
    if (found === "\0") return "\x01\x01";
    if (found === "\x01") return "\x01\x02";
    if (found === "\ud7ff") return "\ud7ff!";
    return "\ud7ff" + found.charCodeAt(0).toString(16);
  });
}

function unescape(text: string): string {
  // deno-lint-ignore no-control-regex -- the counterpart of escape
  return text.replace(/\x01([\x01\x02])|\ud7ff(!|d[89a-f][0-9a-f]{2})/g, (_, low, high) => {
    if (low !== undefined) return low === "\x01" ? "\0" : "\x01";
    return high === "!" ? "\ud7ff" : String.fromCharCode(Number.parseInt(high, 16));
  });
}
