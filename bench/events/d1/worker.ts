/** The Worker that is measured: `GET /rows/kind/hasId/contender/times` on D1. */
import type { D1Database } from "@cloudflare/workers-types/index.ts";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { d1ByHand, makeTables } from "../by-hand/d1.ts";
import type { Contender } from "../measure.ts";
import { contendersOf } from "../rows.ts";

interface Bindings {
  readonly DB: D1Database;
}

/** What is measured, by its row: it goes on from one request to the next. */
const rows = new Map<string, readonly Contender[]>();

async function contendersFor(
  kind: string,
  { hasId, DB }: { readonly hasId: boolean; readonly DB: D1Database },
): Promise<readonly Contender[]> {
  const key = `${kind} ${hasId}`;
  const known = rows.get(key);
  if (known) return known;
  await makeTables(DB);
  const options = { byHand: d1ByHand(DB), stores: { Rian: new D1Store(DB) } };
  const contenders = await contendersOf({ kind, hasId }, options);
  rows.set(key, contenders);
  return contenders;
}

export default {
  async fetch(request: Request, { DB }: Bindings): Promise<Response> {
    const [, , kind, hasId, name, times] = new URL(request.url).pathname.split("/")
      .map(decodeURIComponent);
    const contenders = await contendersFor(kind!, { hasId: hasId === "true", DB });
    const contender = contenders.find((each) => each.name === name)!;
    return Response.json(await contender.run(Number(times)));
  },
};
