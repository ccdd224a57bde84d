import type { Adapter, PutWrite } from "../persistence/adapter/adapter.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import type { BindUpdatePatch } from "./message.ts";
import { isUnreadable } from "./store-calls.ts";
import { isRev, isState } from "./stored-instance.ts";
import { toWire } from "./to-wire.ts";

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
 * The trace of an applied event: its answer or, if that is long, only the names of the properties that it changed. A
 * repeat of the event then receives their present values, and all of them if the receipt was damaged: it stands where
 * only the event's own commit can have put it, so the event was applied. Without a claim, which those of the first
 * versions lack, nobody knows whose it is.
 */
export type Receipt = { readonly claim: Claim | undefined } & Outcome;

type Outcome =
  | { readonly kind: "answer"; readonly rev: number; readonly patches: readonly BindUpdatePatch[] }
  | { readonly kind: "props"; readonly rev: number; readonly props: readonly string[] }
  | { readonly kind: "damaged" };

// No handler's type starts with an underscore, so no event reaches the receipts.
const receiptType = "_nasc_receipt";
const maxAnswerLength = 4_096;

/** Returns the receipt of an answer. */
export function receiptOf(
  claim: Claim,
  { rev, patches }: { readonly rev: number; readonly patches: readonly BindUpdatePatch[] },
): Receipt {
  if (toWire(patches).length <= maxAnswerLength) return { kind: "answer", claim, rev, patches };
  return { kind: "props", claim, rev, props: patches.map(({ prop }) => prop) };
}

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
    return entry && readReceipt(event, entry.value);
  } catch (error) {
    if (isUnreadable(error)) return { kind: "damaged", claim: undefined };
    throw error;
  }
}

/** Returns the write that records a receipt. It is a part of the event's own commit, and succeeds only once. */
export function receiptWrite(
  adapter: Adapter,
  event: EventAddress,
  { receipt: { kind: _, claim, ...receipt }, ttl }: { receipt: Receipt; ttl: number },
): PutWrite {
  const { conditional, expiry } = adapter.capabilities;
  return {
    type: receiptType,
    key: receiptKey(event),
    value: { ...claim, ...receipt },
    ...(conditional !== "none" && { ifVersion: null }),
    ...(expiry && { ttl }),
  };
}

function readReceipt(event: EventAddress, value: unknown): Receipt {
  if (!isState(value)) return { kind: "damaged", claim: undefined };
  const { fingerprint, userKey, rev, patches, props } = own(
    value as Readonly<Record<string, unknown>>,
  );
  const isClaimed = typeof fingerprint === "string" && typeof userKey === "string";
  const claim = isClaimed ? { fingerprint, userKey } : undefined;
  const isUnclaimed = fingerprint === undefined && userKey === undefined;
  if (!isRev(rev) || !(isClaimed || isUnclaimed)) return { kind: "damaged", claim };
  if (isListOf(props, isProp)) return { kind: "props", claim, rev, props };
  if (isListOf(patches, (patch) => isUpdateOf(event, patch))) {
    return { kind: "answer", claim, rev, patches };
  }
  return { kind: "damaged", claim };
}

function isUpdateOf({ type, id }: Address, value: unknown): value is BindUpdatePatch {
  if (!isState(value)) return false;
  const patch = own(value as Partial<BindUpdatePatch>);
  return patch.action === "bindUpdate" && patch.type === type && patch.instance === id &&
    isProp(patch.prop) && isRev(patch.rev);
}

function isProp(value: unknown): value is string {
  // No state has it.
  return typeof value === "string" && value !== "__proto__";
}

function isListOf<Item>(value: unknown, fits: (item: unknown) => item is Item): value is Item[] {
  return Array.isArray(value) && value.every(fits);
}
