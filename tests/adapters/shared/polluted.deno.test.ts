import { expect, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { expectToIgnorePollution } from "./polluted.ts";

test("DenoKvStore ignores what another library leaves on Object.prototype", async () => {
  const kv = await Deno.openKv(":memory:");
  await expectToIgnorePollution(() => new DenoKvStore(kv));
  await expectToIgnorePollution(() => new DenoKvStore(kv, { watch: true, prefix: ["watched"] }));
  expect(await Array.fromAsync(kv.list({ prefix: ["rian", "Polluted"] }))).toEqual([]);
  kv.close();
});
