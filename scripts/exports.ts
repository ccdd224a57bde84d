/**
 * Writes every list of the package's exports from the first of them, `exports` in deno.json: the exports of
 * package.json, and the names under which tests and examples import the sources. `--check` compares them instead.
 */
import { readFileSync, writeFileSync } from "node:fs";

type Json = Record<string, unknown>;

const root = new URL("../", import.meta.url);

function read(file: string): Json {
  return JSON.parse(readFileSync(new URL(file, root), "utf8"));
}

const sources = Object.entries(read("deno.json")["exports"] as Record<string, string>);

/** The sources by the name that a user imports, such as `rian/hono`. */
function byImport<Value>(toValue: (source: string) => Value): Record<string, Value> {
  return Object.fromEntries(
    sources.map(([name, source]) => [name.replace(/^\./, "rian"), toValue(source)]),
  );
}

function packageJson(json: Json): Json {
  const exports = sources.map(([name, source]) => {
    const built = source.replace(/^\.\//, "./dist/").replace(/\.ts$/, "");
    return [name, { types: `${built}.d.ts`, default: `${built}.js` }];
  });
  return { ...json, exports: Object.fromEntries(exports) };
}

function denoJson(json: Json): Json {
  const others = Object.entries(json["imports"] as Json)
    .filter(([name]) => !/^rian(\/|$)/.test(name));
  const imports = [...others, ...Object.entries(byImport((source) => source))];
  const sorted = imports.sort(([a], [b]) => a < b ? -1 : 1);
  return { ...json, imports: Object.fromEntries(sorted) };
}

function tsconfigJson(json: Json): Json {
  const compilerOptions = json["compilerOptions"] as Json;
  const paths = byImport((source) => [source]);
  return { ...json, compilerOptions: { ...compilerOptions, paths } };
}

const lists: Readonly<Record<string, (json: Json) => Json>> = {
  "deno.json": denoJson,
  "package.json": packageJson,
  "tsconfig.json": tsconfigJson,
};

for (const [file, update] of Object.entries(lists)) {
  const before = read(file);
  const after = update(before);
  const isSame = JSON.stringify(before) === JSON.stringify(after);
  if (isSame) continue;
  if (process.argv.includes("--check")) {
    console.error(`Cannot go on: ${file} lists other exports than deno.json; run npm run exports`);
    process.exitCode = 1;
  } else writeFileSync(new URL(file, root), `${JSON.stringify(after, null, 2)}\n`);
}
