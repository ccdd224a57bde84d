/** A long-lived server that answers from memory and saves to Deno KV afterwards. */
import { persist } from "rian";
import { DenoKvStore } from "rian/deno-kv";
import { demo } from "../demo/app.ts";
import { behind, openMemory } from "../demo/memory.ts";

const db = openMemory();
const kv = await Deno.openKv(`${Deno.env.get("DATA") ?? "."}/write-behind.kv`);
const saved = await persist(db, new DenoKvStore(kv), behind);

const port = Number(Deno.env.get("PORT") ?? 8787);
const { app, drain } = demo({
  store: db,
  hosts: [`localhost:${port}`, `127.0.0.1:${port}`],
  runsOn: "examples/deno/write-behind.ts",
});

const server = Deno.serve({
  port,
  onListen: ({ port }) => console.log(`Ready on http://localhost:${port}`),
}, app.fetch);

async function stop(): Promise<void> {
  await Promise.all([server.shutdown(), drain()]);
  await saved.close();
  kv.close();
  // The listeners for signals would keep the process.
  Deno.exit();
}

let stopped: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stopped ??= stop());
}
await server.finished;
