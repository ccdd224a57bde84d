import { env } from "cloudflare:workers";
import { beforeEach } from "vitest";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { CloudflareKvStore } from "../../adapters/cloudflare-kv.ts";
import { testEventIds } from "./event-ids-suite.ts";
import { testTenants } from "./tenants-suite.ts";

beforeEach(async () => {
  const store = new D1Store(env.DB);
  for (const type of ["Counter", "Account", "_nasc_receipts"]) await store.clear(type);
});
let tests = 0;

testTenants("Workers KV, by a prefix for each tenant, made anew for each request", () => {
  const test = tests++;
  return (tenant) => new CloudflareKvStore(env.KV, { prefix: `${test}${tenant}` });
});

testTenants("D1 for one tenant and Workers KV for the other, made anew for each request", () => {
  const test = tests++;
  return (tenant) =>
    tenant === "a"
      ? new D1Store(env.DB)
      : new CloudflareKvStore(env.KV, { prefix: `${test}${tenant}` });
});

testEventIds("D1", () => new D1Store(env.DB));
testEventIds("Workers KV", () => new CloudflareKvStore(env.KV, { prefix: `ids${tests++}` }));
