import type { Version } from "../persistence/adapter/adapter.ts";
import { byteLength } from "../shared/byte-length.ts";
import { hash } from "../shared/hash.ts";
import { own } from "../shared/own.ts";
import { isEpoch, isRev, type Revision } from "./epoch.ts";
import { isState } from "./is-state.ts";

/** What an adapter keeps of an instance beside its state, written in the same commit. */
export interface Metadata extends Revision {
  /** The version of the handler that the state is of; `undefined` for the first. */
  readonly schema?: number | undefined;
  /** The highest revision of the receipts that stand elsewhere. */
  readonly floor?: number | undefined;
  /** The number of the last message that the instance has sent, if it has. */
  readonly sent?: number | undefined;
  /** The receipts of the latest events. */
  readonly receipts?: string | undefined;
  /** What leads back to earlier revisions: see `history.ts`. */
  readonly log?: string | undefined;
}

/** How many bytes the log may take as JSON. */
export const maxLogBytes = 2_000;
/** How many bytes the receipts may take as JSON. */
const maxReceiptBytes = 1_500;
/** How many bytes the rest takes at most. */
const restBytes = 256;

// What takes more than a byte in JSON, but for ends of lines.
const special = /[^\n !#-[\]-~]/;

/** Returns how many bytes a text takes as JSON. */
export function jsonBytes(text: string): number {
  if (special.test(text)) return byteLength(JSON.stringify(text));
  let bytes = text.length + 2;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", end + 1)) bytes++;
  return bytes;
}

/** Returns as many lines of a text, from the first on, as take no more bytes as JSON. */
export function firstLines(text: string, room: number): string {
  const isPlain = !special.test(text);
  let bytes = 2;
  let start = 0;
  while (start < text.length) {
    const next = text.indexOf("\n", start);
    const end = next < 0 ? text.length : next;
    const length = isPlain ? end - start : jsonBytes(text.slice(start, end)) - 2;
    bytes += length + (start > 0 ? 2 : 0);
    if (bytes > room) return text.slice(0, Math.max(0, start - 1));
    start = end + 1;
  }
  return text;
}

/** Returns how many bytes receipts may take, given how many an adapter's metadata may have. */
export function roomForReceipts(maxMetadataBytes: number): number {
  return Math.max(0, Math.min(maxReceiptBytes, maxMetadataBytes - restBytes));
}

/** Returns how many bytes the log may take beside receipts, given how many an adapter's metadata may have. */
export function roomForLog(maxMetadataBytes: number, receipts: string): number {
  const room = maxMetadataBytes - restBytes;
  // Most adapters have room for all that there may be of both.
  if (room >= maxReceiptBytes + maxLogBytes) return maxLogBytes;
  return Math.min(maxLogBytes, room - jsonBytes(receipts));
}

/**
 * Returns what counts of the metadata of an entry. Others can write to a storage too, so it may be anything. Without a
 * revision it is 0, and without an epoch that is made of the version: an instance that starts over is shown whole.
 */
export function readMetadata(metadata: unknown, version: Version): Metadata {
  const { rev, epoch, schema, floor, sent, receipts, log } = own(
    isState(metadata) ? metadata as Readonly<Record<string, unknown>> : {},
  );
  return {
    rev: isRev(rev) ? rev : 0,
    epoch: isEpoch(epoch) ? epoch : hash(version),
    // Each is there, or what another library added to `Object.prototype` would be found in its place.
    schema: isRev(schema) && schema > 0 ? schema : undefined,
    floor: isRev(floor) ? floor : undefined,
    sent: isRev(sent) ? sent : undefined,
    receipts: typeof receipts === "string" ? receipts : undefined,
    log: isText(log, maxLogBytes) ? log : undefined,
  };
}

/** Returns metadata as they are stored. */
export function writeMetadata(metadata: Metadata): object {
  const { rev, epoch, schema, floor, sent, receipts, log } = own(metadata);
  return {
    rev,
    epoch,
    ...(schema !== undefined && { schema }),
    ...(floor !== undefined && { floor }),
    ...(sent !== undefined && { sent }),
    ...(receipts && { receipts }),
    ...(log && { log }),
  };
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= maxLength;
}
