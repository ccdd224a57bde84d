/** The worker that is measured. `GET /platform/contender/operation/times` does that, `fill` included. */
import type {
  D1Database,
  DurableObjectNamespace,
  KVNamespace,
} from "@cloudflare/workers-types/index.ts";
import { DurableObject } from "cloudflare:workers";
import { createDatabase } from "db0";
import d1Connector from "db0/connectors/cloudflare-d1";
import { createStorage } from "unstorage";
import kvDriver from "unstorage/drivers/cloudflare-kv-binding";
import db0Driver from "unstorage/drivers/db0";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { CloudflareKvStore } from "../../../adapters/cloudflare-kv.ts";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { adapterBackend } from "../adapter-backend.ts";
import { type Backend, contender, type Operation } from "../contender.ts";
import { countedTrips } from "../round-trips.ts";
import { unstorageBackend } from "../unstorage-backend.ts";
import { directD1 } from "./d1.ts";
import { directObject } from "./durable-object.ts";
import { directKv } from "./kv.ts";

interface Bindings {
  readonly DB: D1Database;
  readonly KV: KVNamespace;
  readonly OBJECT: DurableObjectNamespace;
}

const platforms: Record<string, (bindings: Bindings) => Record<string, Backend>> = {
  d1: ({ DB }) => ({
    direct: directD1(DB),
    Rian: adapterBackend(new D1Store(DB)),
    unstorage: unstorageBackend(
      createStorage({
        driver: db0Driver({ database: createDatabase(d1Connector({ bindingName: "DB" })) }),
      }),
    ),
  }),
  kv: ({ KV }) => ({
    direct: directKv(KV),
    Rian: adapterBackend(new CloudflareKvStore(KV)),
    unstorage: unstorageBackend(
      createStorage({ driver: kvDriver({ binding: KV as never, base: "unstorage" }) }),
    ),
  }),
};

async function answer(path: string, backends: Record<string, Backend>): Promise<Response> {
  const [, , name, operation, times] = path.split("/");
  const one = contender(name!, backends[name!]!);
  if (operation !== "fill") {
    return Response.json(await one.run(operation as Operation, Number(times)) ?? null);
  }
  await one.fill(Number(times));
  return Response.json(null);
}

/** The object whose storage is measured from inside. */
export class MeasuredObject extends DurableObject {
  readonly #backends: Record<string, Backend>;

  constructor(state: ConstructorParameters<typeof DurableObject>[0], bindings: unknown) {
    super(state, bindings);
    this.#backends = {
      direct: directObject(state.storage),
      Rian: adapterBackend(new DurableObjectStore(state.storage)),
    };
  }

  fetch(request: Request): Promise<Response> {
    return answer(new URL(request.url).pathname, this.#backends);
  }
}

export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/object/")) {
      const stub = bindings.OBJECT.get(bindings.OBJECT.idFromName("measured"));
      return await stub.fetch(request.url) as unknown as Response;
    }
    if (pathname === "/trips/d1") {
      return new Response(
        await countedTrips(bindings.DB, (DB) => {
          // unstorage takes the binding from elsewhere, so its calls cannot be counted.
          const { unstorage: _, ...counted } = platforms["d1"]!({ ...bindings, DB });
          return counted;
        }),
      );
    }
    return await answer(pathname, platforms[pathname.split("/")[1]!]!(bindings));
  },
};
