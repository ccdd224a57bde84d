import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Every module under a folder, as a path from the root. */
function modules(folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/(^|\/)\./.test(path))
    .map((path) => join(folder, path));
}

/** The code of a module without comments and without what stands in strings. */
function code(path: string): string {
  return readFileSync(join(root, path), "utf8").replaceAll(
    /\/\*[\s\S]*?\*\/|(?<![:"'`])\/\/.*$/gm,
    "",
  );
}

/** What a module imports: paths from the root, and package names as they are. */
function imports(path: string): string[] {
  const specifiers = [
    ...code(path).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\s]+)["']/g),
  ].map((match) => match[1]!);
  return specifiers.map((specifier) =>
    specifier.startsWith(".") ? relative(root, join(root, dirname(path), specifier)) : specifier
  );
}

/** A module and all that it reaches by relative imports. */
function reachable(entry: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(entry)) return seen;
  seen.add(entry);
  for (const path of imports(entry)) if (existsSync(join(root, path))) reachable(path, seen);
  return seen;
}

/** The imports of a folder that its rules do not allow. */
function strays(folder: string, allowed: readonly RegExp[]): string[] {
  return modules(folder).flatMap((path) =>
    imports(path)
      .filter((target) => !allowed.some((pattern) => pattern.test(target)))
      .map((target) => `${path} imports ${target}`)
  );
}

describe("who may import whom", () => {
  test("the store imports nothing outside itself", () => {
    expect(strays("src/store", [/^src\/store\//])).toEqual([]);
  });

  test("persistence imports the store and itself; only its codec has a dependency", () => {
    expect(strays("src/persistence", [/^src\/(persistence|store)\//, /^devalue$/])).toEqual([]);
    const withDependency = modules("src/persistence").filter((path) =>
      imports(path).includes("devalue")
    );
    expect(withDependency).toEqual(["src/persistence/adapter/codec.ts"]);
  });

  test("the processor imports persistence", () => {
    expect(strays("src/processor", [/^src\/(processor|persistence|store)\//])).toEqual([]);
  });

  test("the router imports the processor and Hono", () => {
    expect(strays("src/router", [/^src\/(router|processor|persistence)\//, /^hono(\/|$)/])).toEqual(
      [],
    );
  });

  test("the client imports itself, types and pure helpers of the processor", () => {
    expect(
      strays("src/client", [
        /^src\/client\//,
        /^src\/processor\/(message|patches|diff|equal)\.ts$/,
      ]),
    ).toEqual([]);
  });

  test("a binding imports the store and its framework", () => {
    const allowed = [/^src\/(bindings|store)\//, /^(react|vue|solid-js(\/web)?)$/];
    expect(strays("src/bindings", allowed)).toEqual([]);
  });

  test("an adapter imports persistence and shared parts, never another adapter", () => {
    const allowed = [/^src\/persistence\//, /^adapters\/_/, /^(node:sqlite|better-sqlite3|idb)$/];
    expect(strays("adapters", allowed)).toEqual([]);
  });

  test("examples use public names only", () => {
    const allowed = [
      /^rian(\/|$)/,
      /^examples\//,
      /^hono(\/|$)/,
      /^(@hono\/node-server|esbuild)$/,
      /^node:/,
    ];
    expect(strays("examples", allowed)).toEqual([]);
  });
});

describe("the core", () => {
  const core = [...reachable("mod.ts")];

  test("is the store, persistence and the processor", () => {
    expect(core.filter((path) => !/^(mod\.ts$|src\/(store|persistence|processor)\/)/.test(path)))
      .toEqual([]);
    expect(core.length).toBeGreaterThan(10);
  });

  test("has no dependency", () => {
    expect(core.flatMap(imports).filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });
});
