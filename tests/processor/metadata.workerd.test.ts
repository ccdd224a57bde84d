import type { DurableObjectStorage } from "@cloudflare/workers-types/index.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { test } from "vitest";
import { CloudflareKvStore } from "../../adapters/cloudflare-kv.ts";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { DurableObjectStore } from "../../adapters/durable-object.ts";
import { metadataCases, testMetadata } from "./metadata-suite.ts";

let tests = 0;

testMetadata("D1", () => ({ type: `Metadata${tests++}`, open: () => new D1Store(env.DB) }));

testMetadata("Workers KV", () => {
  const prefix = `metadata${tests++}`;
  return { type: "Counter", open: () => new CloudflareKvStore(env.KV, { prefix }) };
});

let storage: DurableObjectStorage;
const inObject = metadataCases(() => ({
  type: "Counter",
  open: () => new DurableObjectStore(storage),
}));
test.for(Object.entries(inObject))("on a Durable Object, %s", ([name, run]) => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName(name));
  return runInDurableObject(stub, async (_, state) => {
    storage = state.storage;
    await run();
  });
});
