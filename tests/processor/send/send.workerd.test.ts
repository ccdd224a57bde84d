import type { DurableObjectStorage } from "@cloudflare/workers-types/index.ts";
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { emptyTypes, sendCases, testSend } from "./send-suite.ts";

test.beforeEach(() => emptyTypes(new D1Store(env.DB)));
testSend("D1", () => ({ open: () => new D1Store(env.DB) }));

let storage: DurableObjectStorage;
const inObject = sendCases(() => ({ open: () => new DurableObjectStore(storage) }));
test.for(Object.entries(inObject))("on a Durable Object's storage, %s", ([name, run]) => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName(name));
  return runInDurableObject(stub, async (_, state) => {
    storage = state.storage;
    await run();
  });
});
