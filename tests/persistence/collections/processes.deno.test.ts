import { expect, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { everything, outcome, rounds } from "./processes-share.ts";

test("two processes on one Deno KV file lose nothing of what both change at once", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/shared.db`;
  (await Deno.openKv(path)).close();
  const script = new URL("./processes-deno-kv.ts", import.meta.url).pathname;
  const outputs = await Promise.all(["first", "second"].map((me) => {
    const args = ["run", "-A", "--unstable-kv", script, path, me];
    return new Deno.Command(Deno.execPath(), { args }).output();
  }));
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  expect(outputs.map(({ stderr }) => text(stderr))).toEqual(["", ""]);
  const kv = await Deno.openKv(path);
  expect(await outcome(new DenoKvStore(kv))).toEqual(everything);
  kv.close();
  expect(outputs.reduce((sum, { stdout }) => sum + Number(text(stdout)), 0)).toBeGreaterThanOrEqual(
    rounds,
  );
  await Deno.remove(folder, { recursive: true });
});
