/** A Worker that increments one counter in D1 500 times, beside another one that it wakes, and answers the conflicts. */
import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";
import { increment } from "./increment.ts";

interface Bindings {
  readonly DB: D1Binding;
  readonly OTHER?: { fetch(url: string): Promise<Response> };
}

export default {
  async fetch(request: Request, { DB, OTHER }: Bindings): Promise<Response> {
    const other = OTHER?.fetch(request.url);
    const conflicts = await increment(new D1Store(DB), 500);
    return Response.json(conflicts + (other ? await (await other).json() as number : 0));
  },
};
