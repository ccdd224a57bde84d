/** A long-lived server that answers from memory and saves to SQLite afterwards. */
import { serve } from "@hono/node-server";
import { persist } from "rian";
import { SqliteStore } from "rian/sqlite";
import { demo } from "../demo/app.ts";
import { behind, openMemory } from "../demo/memory.ts";

const db = openMemory();
const storage = new SqliteStore(`${process.env["DATA"] ?? "."}/write-behind.sqlite`);
const saved = await persist(db, storage, behind);

const port = Number(process.env["PORT"] ?? 8787);
const { app, drain } = demo({
  store: db,
  hosts: [`localhost:${port}`, `127.0.0.1:${port}`],
  runsOn: "examples/node/write-behind.ts",
});

const server = serve(
  { fetch: app.fetch, port },
  ({ port }) => console.log(`Ready on http://localhost:${port}`),
);

async function stop(): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  await drain();
  await closed;
  await saved.close();
  await storage.close();
}

let stopped: Promise<void> | undefined;
// Not `once`: Ctrl-C in a terminal may arrive twice, and the second must not end what the first began.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => stopped ??= stop());
}
