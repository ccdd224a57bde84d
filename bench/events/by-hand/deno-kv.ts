import type { DenoKvBinding } from "../../../adapters/deno-kv.ts";
import type { ByHand } from "../rows.ts";
import { alreadyUsed, claimOf } from "./claim.ts";

/** The part of a `Deno.Kv` that this uses. */
export interface Kv extends DenoKvBinding {
  set(key: string[], value: unknown): Promise<unknown>;
  close(): void;
}

const day = 86_400_000;

/** What one would write by hand on Deno KV: JSON under a key, checked and set, and a receipt beside it that expires. */
export function denoKvByHand(kv: Kv): ByHand {
  return {
    mount: (id, state) => kv.set(["instances", id], JSON.stringify(state)),
    async event(id, step, receipt) {
      const key = ["instances", id];
      const note = receipt && ["receipts", receipt.eventId];
      const keys = note ? [key, note] : [key];
      const [entry, found] = await kv.getMany(keys) as Awaited<ReturnType<Kv["getMany"]>>;
      const claim = receipt && claimOf(receipt.payload);
      if (found?.value) throw alreadyUsed(found.value, claim);
      const state = step(JSON.parse(entry!.value as string));
      const atomic = kv.atomic().check({ key, versionstamp: entry!.versionstamp })
        .set(key, JSON.stringify(state));
      if (note) {
        atomic.check({ key: note, versionstamp: null }).set(note, claim, { expireIn: day });
      }
      if (!(await atomic.commit()).ok) throw new Error("it was changed in between");
      return state;
    },
    limit: (id, state) => kv.set(["instances", id], JSON.stringify(state)),
  };
}
