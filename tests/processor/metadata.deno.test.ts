import { afterAll } from "vitest";
import { DenoKvStore } from "../../adapters/deno-kv.ts";
import { openDenoKv } from "../support/open-deno-kv.ts";
import { testMetadata } from "./metadata-suite.ts";

const kv = await openDenoKv(":memory:");
afterAll(() => kv.close());
let tests = 0;

testMetadata("Deno KV", () => {
  const prefix = ["metadata", String(tests++)];
  return { type: "Counter", open: () => new DenoKvStore(kv, { prefix }) };
});
