import { afterAll } from "vitest";
import { DenoKvStore } from "../../adapters/deno-kv.ts";
import { openDenoKv } from "../support/open-deno-kv.ts";
import { testFarReceipts } from "./far-receipts-suite.ts";

const kv = await openDenoKv(":memory:");
afterAll(() => kv.close());
let tests = 0;

testFarReceipts("Deno KV", () => {
  const number = tests++;
  const prefix = ["far-receipts", String(number)];
  return { type: `FarReceipts${number}`, open: () => new DenoKvStore(kv, { prefix }) };
});
