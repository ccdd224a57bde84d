/** A Worker that increments one counter in D1 500 times, beside another one that it wakes, and answers the conflicts. */
import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";

interface Bindings {
  readonly DB: D1Binding;
  readonly OTHER?: { fetch(url: string): Promise<Response> };
}

export default {
  async fetch(request: Request, { DB, OTHER }: Bindings): Promise<Response> {
    const other = OTHER?.fetch(request.url);
    const conflicts = await increment(new D1Store(DB));
    return Response.json(conflicts + (other ? await (await other).json() as number : 0));
  },
};

async function increment(store: D1Store): Promise<number> {
  let conflicts = 0;
  for (let left = 500; left > 0;) {
    const entry = await store.get("Counter", "n");
    const value = (entry?.value as number | undefined ?? 0) + 1;
    const ifVersion = entry?.version ?? null;
    try {
      await store.commit([{ type: "Counter", key: "n", value, ifVersion }]);
      left--;
    } catch (error) {
      if ((error as Error).name !== "ConflictError") throw error;
      conflicts++;
    }
  }
  return conflicts;
}
