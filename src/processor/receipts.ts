import type { Address } from "./address.ts";
import type { Revision } from "./epoch.ts";

/** For how many milliseconds an applied event is remembered unless the app says otherwise: a day. */
export const defaultReceiptTtl: number = 86_400_000;

/** Returns after how many milliseconds an entry may go whose receipts live for `receiptTtl`, to the end of the last one. */
export function entryTtl(receiptTtl: number): number {
  return receiptTtl + 1;
}

/** Names one event of one instance. */
export interface EventAddress extends Address {
  readonly eventId: string;
}

/** What is known of an event whose receipt is looked for. */
export interface SoughtEvent extends Address {
  readonly eventId: string | undefined;
  /** What its id belongs to, if it is its sender's. */
  readonly claim: Claim | undefined;
  /** What its sender showed when the event was made: its receipt can only be of that revision or a later one. */
  readonly made: Revision | undefined;
}

/** What the id of an event belongs to beside its instance: one event with one payload, of one user. */
export interface Claim {
  /** The fingerprint of event and payload. */
  readonly fingerprint: string;
  readonly userKey: string;
}

/**
 * The trace of an applied event. Without a claim it is damaged, and nobody knows whose it is; but it stands where only
 * the event's own commit can have put it, so the event was applied.
 */
export interface Receipt {
  readonly claim: Claim | undefined;
  /** The revision that the event led to. */
  readonly rev: number;
}

/** An event and the receipt that its commit leaves. */
export interface AppliedEvent {
  readonly event: EventAddress;
  readonly receipt: { readonly claim: Claim; readonly rev: number };
}

/** Returns whether a receipt can be that of the event that makes this claim, or any. */
export function isOf({ claim }: Receipt, sought: Claim | undefined): boolean {
  if (!claim || !sought) return true;
  return claim.fingerprint === sought.fingerprint && claim.userKey === sought.userKey;
}

/** Returns one string for one event of one instance. */
export function receiptKey({ type, id, eventId }: EventAddress): string {
  return JSON.stringify([type, id, eventId]);
}
