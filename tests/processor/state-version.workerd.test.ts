import { env } from "cloudflare:workers";
import { CloudflareKvStore } from "../../adapters/cloudflare-kv.ts";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { testStateVersions } from "./state-version-suite.ts";

let tests = 0;

testStateVersions("D1", () => {
  const test = tests++;
  return { type: `Board${test}`, boss: `boss${test}`, open: () => new D1Store(env.DB) };
});

testStateVersions("Workers KV", () => {
  const prefix = `versions${tests++}`;
  return { type: "Board", boss: "b", open: () => new CloudflareKvStore(env.KV, { prefix }) };
}, { skip: { "three versions at once lose no event": "the last write wins" } });
