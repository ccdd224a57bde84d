import type { Version } from "../persistence/adapter/adapter.ts";
import { byteLength } from "../persistence/adapter/size.ts";
import { tagOf } from "../shared/describe.ts";
import { hash } from "../shared/hash.ts";
import { own } from "../shared/own.ts";
import { isEpoch, isRev, type Revision } from "./epoch.ts";

/** What an adapter keeps of an instance beside its state, written in the same commit. */
export interface Metadata extends Revision {
  /** The highest revision of the receipts that stand elsewhere. */
  readonly floor?: number | undefined;
  /** The receipts of the latest events. */
  readonly receipts?: string | undefined;
  /** What leads back to earlier revisions: see `history.ts`. */
  readonly log?: string | undefined;
}

/** How many bytes the log may take as JSON. */
export const maxLogBytes = 2_000;
/** How many bytes the rest takes at most. */
const restBytes = 256;

/** Returns how many bytes a text takes as JSON. */
export function jsonBytes(text: string): number {
  return byteLength(JSON.stringify(text));
}

/** Returns how many bytes are left for the log, given how many an adapter's metadata may have. */
export function roomForLog(maxMetadataBytes: number): number {
  return Math.min(maxLogBytes, maxMetadataBytes - restBytes);
}

/**
 * Returns what counts of the metadata of an entry. Others can write to a storage too, so it may be anything. Without a
 * revision it is 0, and without an epoch that is made of the version: an instance that starts over is shown whole.
 */
export function readMetadata(metadata: unknown, version: Version): Metadata {
  const { rev, epoch, floor, receipts, log } = own(isRecord(metadata) ? metadata : {});
  return {
    rev: isRev(rev) ? rev : 0,
    epoch: isEpoch(epoch) ? epoch : hash(version),
    // Each is there, or what another library added to `Object.prototype` would be found in its place.
    floor: isRev(floor) ? floor : undefined,
    receipts: typeof receipts === "string" ? receipts : undefined,
    log: isText(log, maxLogBytes) ? log : undefined,
  };
}

/** Returns metadata as they are stored. */
export function writeMetadata({ rev, epoch, floor, receipts, log }: Metadata): object {
  return {
    rev,
    epoch,
    ...(floor !== undefined && { floor }),
    ...(receipts && { receipts }),
    ...(log && { log }),
  };
}

function isText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value !== "" && value.length <= maxLength;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && tagOf(value) === "Object";
}
