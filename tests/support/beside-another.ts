import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";

/** Its bindings; the first one has an `OTHER`. */
export interface Bindings {
  readonly DB: D1Binding;
  readonly OTHER?: { fetch(url: string): Promise<Response> };
}

/** What a Worker exports. */
export interface FetchHandler {
  fetch(request: Request, bindings: Bindings): Promise<Response>;
}

/** A Worker that does work on D1, beside another one that it wakes if it is the first, and answers the sum of both. */
export function besideAnother(
  work: (store: D1Store, isFirst: boolean) => Promise<number>,
): FetchHandler {
  return {
    async fetch(request, { DB, OTHER }) {
      const other = OTHER?.fetch(request.url);
      const mine = await work(new D1Store(DB), OTHER !== undefined);
      return Response.json(mine + (other ? await (await other).json() as number : 0));
    },
  };
}
