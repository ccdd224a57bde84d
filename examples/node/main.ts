import { serve } from "@hono/node-server";
import { SqliteStore } from "rian/sqlite";
import { demo } from "../demo/app.ts";

const store = new SqliteStore(`${process.env["DATA"] ?? "."}/demo.sqlite`);
const port = Number(process.env["PORT"] ?? 8787);
const app = demo({ store, hosts: [`localhost:${port}`, `127.0.0.1:${port}`] });

serve(
  { fetch: app.fetch, port },
  ({ port }) => console.log(`Ready on http://localhost:${port}`),
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    await store.close();
    process.exit();
  });
}
