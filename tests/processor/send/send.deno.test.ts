import { afterAll } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { openDenoKv } from "../../support/open-deno-kv.ts";
import { testSend } from "./send-suite.ts";

const kv = await openDenoKv(":memory:");
afterAll(() => kv.close());
let tests = 0;

testSend("Deno KV", () => {
  const prefix = ["send", String(tests++)];
  return { open: () => new DenoKvStore(kv, { prefix }) };
});
