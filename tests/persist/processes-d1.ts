/** A Worker that shares a D1 with another one that it wakes, and answers how many conflicts there were. */
import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";
import { share } from "./processes-share.ts";

interface Bindings {
  readonly DB: D1Binding;
  readonly OTHER?: { fetch(url: string): Promise<Response> };
}

export default {
  async fetch(request: Request, { DB, OTHER }: Bindings): Promise<Response> {
    const other = OTHER?.fetch(request.url);
    const conflicts = await share(new D1Store(DB), OTHER ? "first" : "second");
    return Response.json(conflicts + (other ? await (await other).json() as number : 0));
  },
};
