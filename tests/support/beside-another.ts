import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";

/** The bindings of one of two Workers; only the first has an `OTHER`. */
export interface Bindings {
  readonly DB: D1Binding;
  readonly OTHER?: { fetch(url: string): Promise<Response> };
}

/** The default export of a Worker. */
export interface FetchHandler {
  fetch(request: Request, bindings: Bindings): Promise<Response>;
}

/**
 * Returns a Worker that works on D1 and responds with the resulting number. The first of two Workers also wakes the
 * other and adds its number.
 */
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
