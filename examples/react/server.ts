/** Serves the page, its script and the events: `node examples/react/server.ts`. */
import { serve } from "@hono/node-server";
import { build } from "esbuild";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { MemoryStore } from "rian";
import { attachNasc } from "rian/hono";
import { handlers } from "./handlers.ts";

const { outputFiles: [script] } = await build({
  entryPoints: [pathOf("page.ts")],
  bundle: true,
  minify: true,
  define: { "process.env.NODE_ENV": '"production"' },
  write: false,
  format: "esm",
  target: "es2022",
});

const port = Number(process.env["PORT"] ?? 8787);
const app = new Hono();
app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"], imgSrc: ["data:"] } }));
app.get("/", async (context) => context.html(await readFile(pathOf("index.html"), "utf8")));
app.get("/styles.css", async (context) => {
  return context.body(await readFile(pathOf("styles.css"), "utf8"), 200, {
    "content-type": "text/css",
  });
});
app.get("/page.js", (context) => {
  return context.body(script!.text, 200, { "content-type": "text/javascript" });
});
attachNasc({
  app,
  handlers,
  store: new MemoryStore(),
  authorize: "everyone",
  hosts: [`localhost:${port}`, `127.0.0.1:${port}`],
});

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

serve({ fetch: app.fetch, port }, (info) => console.log(`Ready on http://localhost:${info.port}`));
