/** DenoKvStore beside `kv.get` and `kv.set` of the same documents, and beside unstorage. Runs itself in Deno. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createStorage } from "unstorage";
import denoKvDriver from "unstorage/drivers/deno-kv";
import { type DenoKvBinding, DenoKvStore } from "../../adapters/deno-kv.ts";
import { adapterBackend } from "./adapter-backend.ts";
import { type Backend, bulkSize, contender } from "./contender.ts";
import { changed, type Document, idOf } from "./documents.ts";
import { measure, type Pace, paced } from "./measure.ts";
import { report } from "./report.ts";
import { countedTrips } from "./round-trips.ts";
import { unstorageBackend } from "./unstorage-backend.ts";

/** The part of a `Deno.Kv` that {@link direct} uses. */
interface Kv extends DenoKvBinding {
  set(key: string[], value: unknown): Promise<unknown>;
  close(): void;
}

// tsc, which checks this file with the others, does not know the types of Deno.
declare const Deno: {
  readonly args: readonly string[];
  openKv(path: string): Promise<Kv>;
  makeTempDirSync(): string;
  removeSync(path: string, options: { recursive: boolean }): void;
};

const prefix = ["documents"];

/** What one would write by hand: documents as Deno KV clones them, 500 in an atomic operation. */
function direct(kv: Kv): Backend {
  return {
    get: async (id) => (await kv.get([...prefix, id])).value as Document,
    put: (id, document) => kv.set([...prefix, id], document),
    async cycle(id) {
      const key = [...prefix, id];
      const { value, versionstamp } = await kv.get(key);
      const atomic = kv.atomic().check({ key, versionstamp }).set(key, changed(value as Document));
      if (!(await atomic.commit()).ok) throw new Error("it was changed in between");
    },
    async load(documents) {
      for (let start = 0; start < documents.length; start += 500) {
        const atomic = kv.atomic();
        for (const document of documents.slice(start, start + 500)) {
          atomic.set([...prefix, document.id], document);
        }
        await atomic.commit();
      }
    },
    async list() {
      let count = 0;
      for await (const { value } of kv.list({ prefix }, { batchSize: 500 })) {
        if ((value as Document).notes) count++;
      }
      return count;
    },
    async clear() {
      for (let start = 0; start < bulkSize; start += 500) {
        const atomic = kv.atomic();
        for (let i = start; i < start + 500; i++) atomic.delete([...prefix, idOf(i)]);
        await atomic.commit();
      }
    },
  };
}

/** Clears by hand: unstorage would clear in one operation, which is more than Deno KV takes. */
function unstorage(kv: Kv): Backend {
  const storage = createStorage({
    driver: denoKvDriver({ openKv: async () => kv as never, base: prefix[0] }),
  });
  return { ...unstorageBackend(storage), clear: () => direct(kv).clear() };
}

async function benchInDeno(pace: Pace): Promise<void> {
  const effort = paced({ round: 20, rounds: 15, bulkRounds: 3 }, pace);
  const folder = Deno.makeTempDirSync();
  for (const place of ["in memory", "a file"]) {
    const open = (name: string) =>
      Deno.openKv(place === "a file" ? `${folder}/${name}` : ":memory:");
    const opened = [
      await open("direct"),
      await open("rian"),
      await open("unstorage"),
      await open("again"),
    ] as const;
    const contenders = [
      contender("direct", direct(opened[0])),
      contender("Rian", adapterBackend(new DenoKvStore(opened[1]))),
      contender("unstorage", unstorage(opened[2])),
      // Any call waits for threads to wake: differences between runs of the same code are noise.
      contender("direct, again", direct(opened[3])),
    ];
    console.log(report(`Deno KV, ${place}`, await measure(contenders, effort), effort.bulk));
    for (const kv of opened) kv.close();
  }
  const kv = await Deno.openKv(":memory:");
  console.log(
    await countedTrips(kv, (counting) => ({
      direct: direct(counting),
      Rian: adapterBackend(new DenoKvStore(counting)),
    })),
  );
  kv.close();
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
