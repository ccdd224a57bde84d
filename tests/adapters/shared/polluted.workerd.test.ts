import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { CloudflareKvStore } from "../../../adapters/cloudflare-kv.ts";
import { DurableObjectStore } from "../../../adapters/durable-object.ts";
import { expectToIgnorePollution } from "./polluted.ts";

test("D1Store ignores what another library leaves on Object.prototype", () =>
  expectToIgnorePollution(() => new D1Store(env.DB)));

test("DurableObjectStore ignores what another library leaves on Object.prototype", () => {
  const stub = env.STORAGE.get(env.STORAGE.idFromName("polluted"));
  return runInDurableObject(
    stub,
    (_, { storage }) => expectToIgnorePollution(() => new DurableObjectStore(storage)),
  );
});

test("CloudflareKvStore ignores what another library leaves on Object.prototype", () =>
  expectToIgnorePollution(() => new CloudflareKvStore(env.KV), { canCompare: false }));
