import type { DurableObjectStorage } from "@cloudflare/workers-types/index.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { test } from "vitest";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { DurableObjectStore } from "../../adapters/durable-object.ts";
import { farReceiptsCases, testFarReceipts } from "./far-receipts-suite.ts";

let tests = 0;

testFarReceipts("D1", () => {
  return { type: `FarReceipts${tests++}`, open: () => new D1Store(env.DB) };
});

let storage: DurableObjectStorage;
const inObject = farReceiptsCases(() => ({
  type: `FarReceipts${tests++}`,
  open: () => new DurableObjectStore(storage),
}));
test.for(Object.entries(inObject))(
  "on a Durable Object, %s",
  { timeout: 60_000 },
  ([name, run]) => {
    const stub = env.STORAGE.get(env.STORAGE.idFromName(name));
    return runInDurableObject(stub, async (_, state) => {
      storage = state.storage;
      await run();
    });
  },
);
