import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { createProcessor } from "../../../mod.ts";
import { openDenoKv } from "../../support/open-deno-kv.ts";
import { account, relay } from "./relay.ts";

const script = fileURLToPath(new URL("./deno-kv-process.ts", import.meta.url));
const run = ["run", "-A", "--unstable-kv", "--no-check", "--quiet"];

test("of what two processes send on a Deno KV file, kill -9 loses, doubles and disorders nothing", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/kv`;
  const lives = [0, 1].map(async (process) => {
    const signals: unknown[] = [];
    for (let life = 0; life < 4; life++) {
      const seed = String(process * 100 + life);
      const child = spawn(Deno.execPath(), [...run, script, path, seed], { stdio: "inherit" });
      signals.push((await once(child, "close"))[1]);
    }
    return signals;
  });
  expect((await Promise.all(lives)).flat()).toEqual(Array(8).fill("SIGKILL"));

  const kv = await openDenoKv(path);
  onTestFinished(async () => {
    kv.close();
    await Deno.remove(folder, { recursive: true });
  });
  const store = new DenoKvStore(kv);
  const left = await account(store);
  await createProcessor(relay, store, { onError: () => {} }).drain();
  const { sent, poison, ...rest } = await account(store);
  expect(rest).toEqual({ lost: [], wrong: [], dead: poison, waiting: 0 });
  expect(sent).toBeGreaterThan(100);
  expect(poison).toBeGreaterThan(5);
  // Otherwise nobody had died between a commit and its delivery.
  expect(left.waiting).toBeGreaterThan(0);
});
