import type { Adapter, PutWrite } from "../persistence/adapter.ts";
import type { Patch } from "./message.ts";

/** That an event was applied, and what was answered. */
export interface Receipt {
  readonly rev: number;
  readonly patches: readonly Patch[];
}

/** The event whose receipt is meant. */
export interface ReceiptSubject {
  readonly type: string;
  readonly id: string;
  readonly eventId: string;
}

// No handler's type starts with an underscore, so that no event reaches the receipts.
const receiptType = "_nasc_receipt";

/** The receipt of an event, if it was applied before. */
export async function findReceipt(
  adapter: Adapter,
  subject: ReceiptSubject,
): Promise<Receipt | undefined> {
  return (await adapter.get(receiptType, receiptKey(subject)))?.value as Receipt | undefined;
}

/** The write that records a receipt; it goes into the commit of the event itself, and only once. */
export function receiptWrite(
  adapter: Adapter,
  subject: ReceiptSubject,
  options: Receipt & { ttl: number },
): PutWrite {
  const { ttl, rev, patches } = options;
  return {
    type: receiptType,
    key: receiptKey(subject),
    value: { rev, patches },
    ...(adapter.capabilities.conditional !== "none" && { ifVersion: null }),
    ...(adapter.capabilities.expiry && { ttl }),
  };
}

function receiptKey({ type, id, eventId }: ReceiptSubject): string {
  return JSON.stringify([type, id, eventId]);
}
