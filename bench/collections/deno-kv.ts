/** Measures persistence in a file of Deno KV. Runs itself in Deno: `deno run … deno-kv.ts effort`. */
import { createPersistenceAdapter } from "@signaldb/core";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { serialize } from "node:v8";
import { type DenoKvBinding, DenoKvStore } from "../../adapters/deno-kv.ts";
import type { Contender, Doc } from "./contender.ts";
import { byHand, type Table } from "./contenders/by-hand.ts";
import { rian } from "./contenders/rian.ts";
import { signaldb } from "./contenders/signaldb.ts";
import { type Effort, measure } from "./measure.ts";
import { report } from "./report.ts";
import type { Storage } from "./storage.ts";

type Kv = DenoKvBinding & { close(): void };

// The types of Deno are not there when tsc checks this file with the others.
declare const Deno: {
  readonly args: readonly string[];
  readonly AtomicOperation: { readonly prototype: ReturnType<Kv["atomic"]> };
  openKv(path: string): Promise<Kv>;
  makeTempDirSync(): string;
  removeSync(path: string, options: { recursive: boolean }): void;
};

/** How many documents one atomic operation takes. */
const batchSize = 500;

/** Keeps documents as Deno KV clones them, as one would write it by hand. */
function openTable(kv: Kv): Table {
  return {
    async read() {
      const docs: Doc[] = [];
      for await (const { value } of kv.list({ prefix: ["docs"] }, { batchSize })) {
        docs.push(value as Doc);
      }
      return docs;
    },
    async write(docs) {
      for (let start = 0; start < docs.length; start += batchSize) {
        const atomic = kv.atomic();
        for (const doc of docs.slice(start, start + batchSize)) atomic.set(["docs", doc.id], doc);
        await atomic.commit();
      }
    },
  };
}

/** Adapts SignalDB, which has no adapter for Deno KV: writes the documents that SignalDB says have changed. */
function signaldbAdapter(kv: Kv) {
  const { read, write } = openTable(kv);
  return createPersistenceAdapter<Doc, number>({
    register: () => Promise.resolve(),
    load: async () => ({ items: [...await read()] }),
    save: async (_items, { added, modified }) => void await write([...added, ...modified]),
  });
}

// TinyBase has no persister for Deno KV; a custom one keeps all documents in one value, which Deno KV does not take.
const contenders: readonly Contender<Kv>[] = [
  byHand((kv) => Promise.resolve(openTable(kv))),
  rian((kv) => new DenoKvStore(kv)),
  signaldb(signaldbAdapter),
];

/** Counts, from the call on, all that is written: everything here goes through atomic operations. */
function countWrites(): Storage<Kv>["written"] {
  let [entries, bytes] = [0, 0];
  const { prototype } = Deno.AtomicOperation;
  const { set, delete: remove } = prototype;
  prototype.set = function (...parameters) {
    entries++;
    bytes += serialize(parameters[1]).length;
    return set.apply(this, parameters);
  };
  prototype.delete = function (...parameters) {
    entries++;
    return remove.apply(this, parameters);
  };
  return () => ({ entries, bytes });
}

async function benchInDeno(effort: Effort): Promise<void> {
  const folder = Deno.makeTempDirSync();
  let places = 0;
  const storage: Storage<Kv> = {
    create: () => Deno.openKv(`${folder}/${places++}.kv`),
    written: countWrites(),
    settle: () => {},
    remove: (kv) => kv.close(),
  };
  console.log(report("Deno KV", await measure(storage, contenders, effort), effort));
  Deno.removeSync(folder, { recursive: true });
}

/** Starts Deno, which measures and prints. */
export function benchDenoKv(effort: Effort): Promise<void> {
  const self = fileURLToPath(import.meta.url);
  const parameters = ["run", "-A", "--unstable-kv", "--no-check", self, JSON.stringify(effort)];
  const { status } = spawnSync("deno", parameters, { stdio: "inherit" });
  if (status !== 0) throw new Error(`Cannot measure Deno KV: deno ended with ${status}`);
  return Promise.resolve();
}

if (import.meta.main && "Deno" in globalThis) await benchInDeno(JSON.parse(Deno.args[0]!));
