import { serve } from "@hono/node-server";
import { SqliteStore } from "rian/sqlite";
import { demo } from "../demo/app.ts";

const store = new SqliteStore(`${process.env["DATA"] ?? "."}/demo.sqlite`);
const port = Number(process.env["PORT"] ?? 8787);
const { app, drain } = demo({
  store,
  hosts: [`localhost:${port}`, `127.0.0.1:${port}`],
  runsOn: "examples/node/main.ts",
});

const server = serve(
  { fetch: app.fetch, port },
  ({ port }) => console.log(`Ready on http://localhost:${port}`),
);

async function stop(): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  await drain();
  await closed;
  await store.close();
}

let stopped: Promise<void> | undefined;
// Not `once`: Ctrl-C in a terminal may arrive twice, and the second must not end what the first began.
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => stopped ??= stop());
}
