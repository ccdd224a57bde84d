import { serve } from "@hono/node-server";
import { SqliteStore } from "rian/sqlite";
import { demo } from "../demo/app.ts";

const store = new SqliteStore(`${process.env["DATA"] ?? "."}/demo.sqlite`);
const app = demo({ store });

serve(
  { fetch: app.fetch, port: Number(process.env["PORT"] ?? 8787) },
  ({ port }) => console.log(`Ready on http://localhost:${port}`),
);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    await store.close();
    process.exit();
  });
}
