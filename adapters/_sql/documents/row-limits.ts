/**
 * How much of a document fits in one row. A dump of D1 (`wrangler d1 export`) has one INSERT statement for each row, and
 * D1 refuses statements over 100,000 bytes, so a row is bounded by the statement that it becomes in a dump.
 *
 * @module
 */
import type { EncodedValue } from "../../../src/persistence/adapter/codec.ts";
import { StorageLimitError } from "../../../src/persistence/adapter/errors.ts";
import type { PreparedPut } from "../../../src/persistence/adapter/prepare.ts";
import { byteLength } from "../../../src/shared/byte-length.ts";
import { describeCount } from "../../../src/shared/describe.ts";
import { describeKey } from "../../../src/shared/key.ts";
import { maxMetadataBytes } from "../limits.ts";
import { tableOf, type VersionedWrite } from "../statements.ts";

/** What one row holds. */
export interface RowLimits {
  /** The longest text, in UTF-16 code units. */
  readonly rowLength: number;
  /** How many bytes the statement may be by which a dump restores the row. */
  readonly statementBytes: number;
}

/** How many bytes the text of a document may be in the statements of a dump. */
interface Rooms {
  /** In the document's own row. */
  readonly head: number;
  /** In each further row. */
  readonly rest: number;
}

/**
 * More bytes than all else in a statement: the names of the columns, numbers, punctuation, what follows the key of a
 * further row, and the calls of `replace` by which a dump writes line breaks.
 */
const frameBytes = 700;
/** How many bytes the key and the name of the table may be in a statement; metadata and the document have the rest. */
const maxDumpedKeyBytes = 70_000;
/** A code unit is three bytes at most; a quote is doubled, which makes two. */
const maxBytesOfUnit = 3;

/** Returns whether the row of a write fits in a statement of a dump. */
export function fitsStatement(
  write: VersionedWrite,
  { encoded: { text } }: PreparedPut<EncodedValue>,
  limits: RowLimits,
): boolean {
  if (text.length > limits.statementBytes) return false;
  const { type, encodedKey } = write;
  // The name of the table and the type are both in it. Most rows need no counting.
  const most = maxBytesOfUnit * (text.length + encodedKey.length + 3 * type.length) + frameBytes +
    2 * maxMetadataBytes;
  return most <= limits.statementBytes || dumpedBytes(text) <= roomsFor(write, limits).head;
}

/** Returns how much room the key and the metadata of a write leave for its text. */
export function roomsFor(write: VersionedWrite, { statementBytes }: RowLimits): Rooms {
  if (statementBytes === Infinity) return { head: Infinity, rest: Infinity };
  const { type, encodedKey, version } = write;
  const rest = statementBytes - frameBytes - dumpedKeyBytes(type, encodedKey) -
    dumpedBytes(version ?? "");
  const metadata = write.put?.metadata;
  const head = metadata === undefined ? rest : rest - dumpedBytes(JSON.stringify(metadata));
  return { head, rest };
}

/**
 * Refuses a key that leaves too little room for a document in the statements of a dump.
 *
 * @throws {StorageLimitError} when it does.
 */
export function assertRoomInDump(
  adapter: string,
  { type, key, encodedKey }: Pick<VersionedWrite, "type" | "key" | "encodedKey">,
): void {
  // Most keys need no counting.
  if (maxBytesOfUnit * (encodedKey.length + 3 * type.length) <= maxDumpedKeyBytes) return;
  const actual = dumpedKeyBytes(type, encodedKey);
  if (actual <= maxDumpedKeyBytes) return;
  throw new StorageLimitError(
    `Cannot commit to ${adapter}: the key of ${type}/${
      describeKey(key)
    } and the name of its table are ` +
      `${describeCount(actual)} bytes in a statement of a dump, where they have ` +
      `${describeCount(maxDumpedKeyBytes)}; shorten them`,
    { limit: "key bytes", allowed: maxDumpedKeyBytes, actual },
  );
}

function dumpedKeyBytes(type: string, encodedKey: string): number {
  return byteLength(tableOf(type)) + dumpedBytes(type) + dumpedBytes(encodedKey);
}

/** Returns how many bytes a text is between the quotes of a dump, where quotes and line breaks take two. */
function dumpedBytes(text: string): number {
  let bytes = byteLength(text);
  for (const character of ["'", "\n", "\r"]) {
    for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) bytes++;
  }
  return bytes;
}

/** Returns where a part of a text ends that is within these limits; characters stay whole. */
export function endOfPart(
  text: string,
  start: number,
  { maxLength, maxBytes }: { readonly maxLength: number; readonly maxBytes: number },
): number {
  const last = Math.min(start + maxLength, text.length);
  const end = maxBytes === Infinity ? last : endWithin(text, { start, last, maxBytes });
  // A character of two code units stays whole, because databases would lose its halves.
  return end < text.length && text.codePointAt(end - 1)! > 0xffff ? end - 1 : end;
}

function endWithin(
  text: string,
  { start, last, maxBytes }: {
    readonly start: number;
    readonly last: number;
    readonly maxBytes: number;
  },
): number {
  let bytes = 0;
  for (let index = start; index < last; index++) {
    bytes += bytesOfUnit(text.charCodeAt(index));
    if (bytes > maxBytes) return index;
  }
  return last;
}

/** Returns how many bytes a code unit is in a dump; half a character of four bytes is two. */
function bytesOfUnit(unit: number): number {
  if (unit < 0x80) return unit === 0x27 || unit === 0x0a || unit === 0x0d ? 2 : 1;
  return unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 2 : 3;
}
