import { afterAll } from "vitest";
import { DenoKvStore } from "../../adapters/deno-kv.ts";
import { openDenoKv } from "../support/open-deno-kv.ts";
import { testStateVersions } from "./state-version-suite.ts";

const kv = await openDenoKv(":memory:");
afterAll(() => kv.close());
let tests = 0;

testStateVersions("Deno KV", () => {
  const prefix = ["versions", String(tests++)];
  return { type: "Board", boss: "b", open: () => new DenoKvStore(kv, { prefix }) };
});
