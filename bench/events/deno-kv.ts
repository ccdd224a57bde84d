/** Events on Deno KV, in a file. Runs itself in Deno. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DenoKvStore } from "../../adapters/deno-kv.ts";
import { denoKvByHand, type Kv } from "./by-hand/deno-kv.ts";
import { type Pace, paced } from "./measure.ts";
import { contendersOf, measureRows } from "./rows.ts";

// tsc, which checks this file with the others, does not know the types of Deno.
declare const Deno: {
  readonly args: readonly string[];
  openKv(path: string): Promise<Kv>;
  makeTempDirSync(): string;
  removeSync(path: string, options: { recursive: boolean }): void;
};

async function benchInDeno(pace: Pace): Promise<void> {
  const folder = Deno.makeTempDirSync();
  const kvs = [await Deno.openKv(`${folder}/hand`), await Deno.openKv(`${folder}/rian`)] as const;
  const byHand = denoKvByHand(kvs[0]);
  const store = new DenoKvStore(kvs[1]);
  console.log(
    await measureRows({
      title: "Deno KV, a file",
      limitIs: "the set of the value alone",
      stores: ["Rian"],
      contenders: (row) => contendersOf(row, { byHand, stores: { Rian: store } }),
      effort: paced({ shortest: 60_000, rounds: 15 }, pace),
    }),
  );
  for (const kv of kvs) kv.close();
  Deno.removeSync(folder, { recursive: true });
}

/** Starts Deno, which measures and prints. */
export async function benchDenoKv(pace: Pace): Promise<void> {
  const self = fileURLToPath(import.meta.url);
  const parameters = ["deno", "run", "-A", "--unstable-kv", "--no-check", self, pace];
  const { status } = spawnSync("npx", parameters, { stdio: "inherit" });
  if (status !== 0) throw new Error(`Cannot measure Deno KV: deno ended with ${status}`);
}

if (import.meta.main && "Deno" in globalThis) await benchInDeno(Deno.args[0] as Pace);
