import type { Adapter, PutWrite } from "../persistence/adapter/adapter.ts";
import type { Address } from "./address.ts";
import type { BindUpdatePatch } from "./message.ts";
import { toWire } from "./wire.ts";

/** Says which event of which instance is meant. */
export interface EventAddress extends Address {
  readonly eventId: string;
}

/**
 * That an event was applied: what was answered, or, where that is long, only which properties it changed. A
 * repeat of the event is then answered with what they are now.
 */
export type Receipt =
  | { readonly rev: number; readonly patches: readonly BindUpdatePatch[] }
  | { readonly rev: number; readonly props: readonly string[] };

// No handler's type starts with an underscore, so that no event reaches the receipts.
const receiptType = "_nasc_receipt";
const longestAnswer = 4_096;

/** The receipt of an answer. */
export function receiptOf(rev: number, patches: readonly BindUpdatePatch[]): Receipt {
  if (toWire(patches).length <= longestAnswer) return { rev, patches };
  return { rev, props: patches.map(({ prop }) => prop) };
}

/** One string for one event of one instance. */
export function receiptKey({ type, id, eventId }: EventAddress): string {
  return JSON.stringify([type, id, eventId]);
}

/** The receipt of an event, if it was applied before. */
export async function findReceipt(
  adapter: Adapter,
  event: EventAddress,
): Promise<Receipt | undefined> {
  return (await adapter.get(receiptType, receiptKey(event)))?.value as Receipt | undefined;
}

/** The write that records a receipt; it goes into the commit of the event itself, and only once. */
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
