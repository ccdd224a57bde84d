import { DenoKvStore } from "rian/deno-kv";
import { demo } from "../demo/app.ts";

const kv = await Deno.openKv(`${Deno.env.get("DATA") ?? "."}/demo.kv`);
const port = Number(Deno.env.get("PORT") ?? 8787);
const { app, drain } = demo({
  store: new DenoKvStore(kv),
  hosts: [`localhost:${port}`, `127.0.0.1:${port}`],
  runsOn: "examples/deno/main.ts",
});

const server = Deno.serve({
  port,
  onListen: ({ port }) => console.log(`Ready on http://localhost:${port}`),
}, app.fetch);

async function stop(): Promise<void> {
  await Promise.all([server.shutdown(), drain()]);
  kv.close();
  // The listeners for signals would keep the process.
  Deno.exit();
}

let stopped: Promise<void> | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stopped ??= stop());
}
await server.finished;
