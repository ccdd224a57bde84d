/** A long-lived server that answers from memory and writes to SQLite behind its answers. */
import { serve } from "@hono/node-server";
import { persist } from "rian";
import { SqliteStore } from "rian/sqlite";
import { demo } from "../demo/app.ts";
import { behind, openMemory } from "../demo/memory.ts";

const db = openMemory();
const storage = new SqliteStore(`${process.env["DATA"] ?? "."}/write-behind.sqlite`);
const saved = await persist(db, storage, behind);

serve(
  { fetch: demo({ store: db }).fetch, port: Number(process.env["PORT"] ?? 8787) },
  ({ port }) => console.log(`Ready on http://localhost:${port}`),
);

// Not `once`: a terminal's Ctrl-C may arrive twice, and the second one must not end what the first one began.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, async () => {
    await saved.close();
    await storage.close();
    process.exit();
  });
}
