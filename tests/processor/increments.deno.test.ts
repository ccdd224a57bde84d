import { expect, onTestFinished, test } from "vitest";
import { DenoKvStore } from "../../adapters/deno-kv.ts";
import { thousandIncrements } from "../support/thousand-increments.ts";

test("1,000 concurrent increments through two connections to one Deno KV file make 1,000", async () => {
  const folder = await Deno.makeTempDir();
  const connections = [await Deno.openKv(`${folder}/kv`), await Deno.openKv(`${folder}/kv`)];
  onTestFinished(async () => {
    for (const kv of connections) kv.close();
    await Deno.remove(folder, { recursive: true });
  });
  const open = [...connections];
  expect(await thousandIncrements(() => new DenoKvStore(open.shift()!))).toEqual({
    count: 1000,
    errors: [],
  });
});
