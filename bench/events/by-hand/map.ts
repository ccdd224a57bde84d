import type { ByHand } from "../rows.ts";
import { alreadyUsed, claimOf } from "./claim.ts";

/** What one would write by hand in memory: a Map whose states a handler gets a copy of, and receipts in another. */
export function mapByHand(): ByHand {
  const instances = new Map<string, { readonly state: unknown; readonly rev: number }>();
  const receipts = new Map<string, { readonly claim: string; readonly rev: number }>();
  return {
    mount: (id, state) => instances.set(id, { state, rev: 1 }),
    event(id, step, receipt) {
      const claim = receipt && claimOf(receipt.payload);
      const found = receipt && receipts.get(receipt.eventId);
      if (found) throw alreadyUsed(found.claim, claim);
      const { state, rev } = instances.get(id)!;
      const next = step(structuredClone(state));
      instances.set(id, { state: next, rev: rev + 1 });
      if (receipt) receipts.set(receipt.eventId, { claim: claim!, rev: rev + 1 });
      return next;
    },
    limit: (_id, state) => structuredClone(state),
  };
}
