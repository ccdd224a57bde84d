/**
 * Writes every list of the package's exports from `exports` in deno.json: the exports of package.json, and the names
 * by which tests and examples import the sources. `--check` writes nothing and fails if a list is out of date.
 */
import { readFileSync } from "node:fs";
import { generate } from "./generate.ts";
import { root } from "./root.ts";

type Json = Record<string, unknown>;

function read(file: string): Json {
  return JSON.parse(readFileSync(`${root}${file}`, "utf8"));
}

const sources = Object.entries(read("deno.json")["exports"] as Record<string, string>);

/** Maps each name that a user imports, such as `rian/hono`, to a value made from its source. */
function byImport<Value>(toValue: (source: string) => Value): Record<string, Value> {
  return Object.fromEntries(
    sources.map(([name, source]) => [name.replace(/^\./, "rian"), toValue(source)]),
  );
}

function packageJson(json: Json): Json {
  const exports = sources.map(([name, source]): [string, unknown] => {
    const built = source.replace(/^\.\//, "./dist/").replace(/\.ts$/, "");
    return [name, { types: `${built}.d.ts`, default: `${built}.js` }];
  });
  // Tools read the manifest by this name.
  exports.push(["./package.json", "./package.json"]);
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
  // Compared as JSON, since whitespace is up to the formatter.
  if (JSON.stringify(before) === JSON.stringify(after)) continue;
  generate(file, `${JSON.stringify(after, null, 2)}\n`, {
    source: "the exports in deno.json",
    command: "npm run exports",
  });
}
