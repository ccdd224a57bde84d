/**
 * The receipts of an instance's latest events, beside its state: one text with a line for each, the newest last. A
 * receipt is looked up as a part of the text, so that nothing is parsed.
 *
 *     \n<eventId> <userKey or -> <fingerprint> <rev> <time, in base 36>
 *
 * @module
 */
import { isRev } from "./epoch.ts";
import { jsonBytes } from "./metadata.ts";
import { type Claim, isOf, type Receipt } from "./receipts.ts";

/** A text of receipts, cut in two. */
export interface Overflow {
  /** What stays beside the state. */
  readonly near: string;
  /** What has no room there; empty if all has. */
  readonly far: string;
  /** A revision that none of those in `far` exceeds. */
  readonly upto: number;
}

/** Where receipts are looked for, and which are too old. */
export interface ReceiptLine {
  readonly eventId: string;
  readonly claim: Claim;
  readonly rev: number;
  /** In milliseconds since 1970. */
  readonly time: number;
}

/** Returns the line of a receipt. */
export function lineOf({ eventId, claim, rev, time }: ReceiptLine): string {
  const stamp = Math.max(0, Math.trunc(time)).toString(36);
  return `\n${eventId} ${claim.userKey} ${claim.fingerprint} ${rev} ${stamp}`;
}

/** Returns the receipt of an event among the lines of a text, unless it is older than `since`. */
export function findLine(
  text: string | undefined,
  eventId: string,
  since: number,
): Receipt | undefined {
  const start = text?.lastIndexOf(`\n${eventId} `) ?? -1;
  return start < 0 ? undefined : receiptAt(text!, start, since);
}

/**
 * Returns the receipt of the event that makes a claim among the lines of a text, or else that of another event with its
 * id; those older than `since` do not count.
 */
export function findClaimed(
  text: string,
  { eventId, claim, since }: {
    readonly eventId: string;
    readonly claim: Claim | undefined;
    readonly since: number;
  },
): Receipt | undefined {
  let other: Receipt | undefined;
  for (let start = text.length; start > 0;) {
    start = text.lastIndexOf(`\n${eventId} `, start - 1);
    if (start < 0) break;
    const receipt = receiptAt(text, start, since);
    if (receipt && isOf(receipt, claim)) return receipt;
    other ??= receipt;
  }
  return other;
}

function receiptAt(text: string, start: number, since: number): Receipt | undefined {
  const parts = lineAt(text, start).split(" ");
  const [, userKey, fingerprint, rev, time] = parts;
  const isWhole = parts.length === 5 && isRev(Number(rev)) && rev !== "";
  // It stands where only the event's own commit can have put it, so the event was applied.
  if (!isWhole) return { claim: undefined, rev: 0 };
  if (timeOf(time!) < since) return undefined;
  return { claim: { fingerprint: fingerprint!, userKey: userKey! }, rev: Number(rev) };
}

/**
 * Makes room: where lines take more bytes of JSON than allowed, those older than `since` go, and if that is not enough,
 * the older half goes elsewhere.
 */
export function cutLines(
  text: string,
  { room, since, rev }: { readonly room: number; readonly since: number; readonly rev: number },
): Overflow {
  if (jsonBytes(text) <= room) return { near: text, far: "", upto: 0 };
  const living = withoutOld(text, since);
  if (jsonBytes(living) <= room) return { near: living, far: "", upto: 0 };
  const half = living.indexOf("\n", Math.max(1, living.length - Math.floor(room / 2)));
  const end = half < 0 ? living.length : half;
  const far = living.slice(0, end);
  const last = Number(lineAt(far, far.lastIndexOf("\n")).split(" ")[3]);
  return { near: living.slice(end), far, upto: isRev(last) ? Math.min(last, rev) : rev };
}

/** Returns the lines of a text, each with what begins it. */
export function linesOf(text: string): string[] {
  return text.split("\n").slice(1).map((line) => `\n${line}`);
}

/** Returns the id of the event that a line is about. */
export function idOf(line: string): string {
  return line.slice(1).split(" ", 1)[0]!;
}

/** Returns the time of the newest line of a text; `Infinity` if there is one whose time nobody knows. */
export function newestTime(text: string): number {
  return Math.max(...linesOf(text).map(timeOfLine));
}

/** Returns the highest revision of the lines of a text; `Infinity` if there is one whose revision nobody knows. */
export function highestRev(text: string): number {
  const revs = linesOf(text).map((line) => {
    const rev = line.split(" ")[3];
    return rev && isRev(Number(rev)) ? Number(rev) : Infinity;
  });
  return Math.max(0, ...revs);
}

/** Drops lines from the start as long as they are older than `since`. */
export function withoutOld(text: string, since: number): string {
  let start = 0;
  while (start >= 0 && start < text.length) {
    const end = text.indexOf("\n", start + 1);
    if (!(timeOfLine(lineAt(text, start)) < since)) return text.slice(start);
    start = end;
  }
  return "";
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start + 1);
  return text.slice(start + 1, end < 0 ? undefined : end);
}

function timeOfLine(line: string): number {
  return timeOf(line.slice(line.lastIndexOf(" ") + 1));
}

/** Returns a time, or `Infinity` for what is none: nobody knows when that is too old. */
function timeOf(text: string): number {
  return /^[\da-z]{1,11}$/.test(text) ? parseInt(text, 36) : Infinity;
}
