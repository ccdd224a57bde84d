import type { Adapter, PutWrite } from "../persistence/adapter/adapter.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import { isRev } from "./epoch.ts";
import { isUnreadable } from "./store-calls.ts";
import { isState } from "./stored-instance.ts";

/** Names one event of one instance. */
export interface EventAddress extends Address {
  readonly eventId: string;
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

// No handler's type starts with an underscore, so no event reaches the receipts.
const receiptType = "_nasc_receipt";
const damaged: Receipt = { claim: undefined, rev: 0 };

/** Returns whether a receipt can be that of the event that makes this claim. */
export function isOf({ claim }: Receipt, { fingerprint, userKey }: Claim): boolean {
  return !claim || claim.fingerprint === fingerprint && claim.userKey === userKey;
}

/** Returns one string for one event of one instance. */
export function receiptKey({ type, id, eventId }: EventAddress): string {
  return JSON.stringify([type, id, eventId]);
}

/** Returns the receipt of an event, if it was applied before. */
export async function findReceipt(
  adapter: Adapter,
  event: EventAddress,
): Promise<Receipt | undefined> {
  try {
    const entry = await adapter.get(receiptType, receiptKey(event));
    return entry && readReceipt(entry.value);
  } catch (error) {
    if (isUnreadable(error)) return damaged;
    throw error;
  }
}

/** Returns the write that records a receipt. It is a part of the event's own commit, and succeeds only once. */
export function receiptWrite(
  adapter: Adapter,
  event: EventAddress,
  { receipt: { claim, rev }, ttl }: { receipt: Receipt; ttl: number },
): PutWrite {
  const { conditional, expiry } = adapter.capabilities;
  return {
    type: receiptType,
    key: receiptKey(event),
    value: { ...claim, rev },
    ...(conditional !== "none" && { ifVersion: null }),
    ...(expiry && { ttl }),
  };
}

function readReceipt(value: unknown): Receipt {
  if (!isState(value)) return damaged;
  const { fingerprint, userKey, rev } = own(value as Readonly<Record<string, unknown>>);
  if (typeof fingerprint !== "string" || typeof userKey !== "string" || !isRev(rev)) return damaged;
  return { claim: { fingerprint, userKey }, rev };
}
