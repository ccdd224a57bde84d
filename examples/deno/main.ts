import { DenoKvStore } from "rian/deno-kv";
import { demo } from "../demo/app.ts";

const kv = await Deno.openKv(`${Deno.env.get("DATA") ?? "."}/demo.kv`);
const port = Number(Deno.env.get("PORT") ?? 8787);
const app = demo({
  store: new DenoKvStore(kv),
  hosts: [`localhost:${port}`, `127.0.0.1:${port}`],
});

const server = Deno.serve({
  port,
  onListen: ({ port }) => console.log(`Ready on http://localhost:${port}`),
}, app.fetch);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => {
    kv.close();
    Deno.exit();
  });
}
await server.finished;
