import { afterAll } from "vitest";
import { DenoKvStore } from "../../adapters/deno-kv.ts";
import { openDenoKv } from "../support/open-deno-kv.ts";
import { testEventIds } from "./event-ids-suite.ts";
import { testTenants } from "./tenants-suite.ts";

const kv = await openDenoKv(":memory:");
afterAll(() => kv.close());
let tests = 0;

testTenants("Deno KV, by a prefix for each tenant, made anew for each request", () => {
  const test = tests++;
  return (tenant) => new DenoKvStore(kv, { prefix: ["tenants", String(test), tenant] });
});

testEventIds("Deno KV", () => new DenoKvStore(kv, { prefix: ["ids", String(tests++)] }));
