import type { Adapter, PutWrite } from "../persistence/adapter/adapter.ts";
import type { Address } from "./address.ts";
import type { BindUpdatePatch } from "./message.ts";
import { toWire } from "./to-wire.ts";

/** Names one event of one instance. */
export interface EventAddress extends Address {
  readonly eventId: string;
}

/**
 * The trace of an applied event: its answer or, if that is long, only the names of the properties that it changed. A
 * repeat of the event then receives their present values.
 */
export type Receipt =
  | { readonly rev: number; readonly patches: readonly BindUpdatePatch[] }
  | { readonly rev: number; readonly props: readonly string[] };

// No handler's type starts with an underscore, so no event reaches the receipts.
const receiptType = "_nasc_receipt";
const maxAnswerLength = 4_096;

/** Returns the receipt of an answer. */
export function receiptOf(rev: number, patches: readonly BindUpdatePatch[]): Receipt {
  if (toWire(patches).length <= maxAnswerLength) return { rev, patches };
  return { rev, props: patches.map(({ prop }) => prop) };
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
  return (await adapter.get(receiptType, receiptKey(event)))?.value as Receipt | undefined;
}

/** Returns the write that records a receipt. It is a part of the event's own commit, and succeeds only once. */
export function receiptWrite(
  adapter: Adapter,
  event: EventAddress,
  options: { receipt: Receipt; ttl: number },
): PutWrite {
  const { conditional, expiry } = adapter.capabilities;
  return {
    type: receiptType,
    key: receiptKey(event),
    value: options.receipt,
    ...(conditional !== "none" && { ifVersion: null }),
    ...(expiry && { ttl: options.ttl }),
  };
}
