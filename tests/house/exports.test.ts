import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);

function read(file: string) {
  return JSON.parse(readFileSync(new URL(file, root), "utf8"));
}

test("npm and JSR export the same names from the same sources", () => {
  const { "./package.json": manifest, ...modules } = read("package.json").exports;
  const npm: Record<string, { types: string; default: string }> = modules;
  expect(manifest).toBe("./package.json");
  const sources = Object.entries(npm).map(([name, { types, default: built }]) => {
    expect(types.replace(/\.d\.ts$/, "")).toBe(built.replace(/\.js$/, ""));
    return [name, built.replace(/^\.\/dist\//, "./").replace(/\.js$/, ".ts")];
  });
  const jsr: Record<string, string> = read("deno.json").exports;
  expect(Object.fromEntries(sources)).toEqual(jsr);
  for (const path of Object.values(jsr)) expect(existsSync(new URL(path, root)), path).toBe(true);
});

test("tests and examples can import every exported name by that name", () => {
  const names = Object.keys(read("deno.json").exports).map((name) => name.replace(/^\./, "rian"));
  const { imports } = read("deno.json");
  const { compilerOptions: { paths } } = read("tsconfig.json");
  expect(Object.keys(imports).filter((name) => name.startsWith("rian")).sort()).toEqual(
    names.sort(),
  );
  expect(Object.keys(paths).sort()).toEqual(names);
});

/** Returns the range of each npm package that deno.json imports, `hono/` counting as `hono`. */
function denoRanges(): Map<string, string> {
  const specifiers = Object.values<string>(read("deno.json").imports)
    .map((specifier) => specifier.match(/^npm:\/?((?:@[^/]+\/)?[^@/]+)@([^/]+)/))
    .filter((match) => match !== null);
  return new Map(specifiers.map(([, name, range]) => [name!, range!]));
}

test("npm and JSR have the same version, and need the same versions of the packages they bring", () => {
  const [npm, deno] = [read("package.json"), read("deno.json")];
  expect(npm.version).toBe(deno.version);
  const ranges = denoRanges();
  const brought = [...ranges].filter(([name]) => !(name in npm.peerDependencies));
  expect(Object.fromEntries(brought)).toEqual(npm.dependencies);
});

test("npm and JSR take the same versions of the packages that an application brings", () => {
  const { peerDependencies, peerDependenciesMeta }: {
    peerDependencies: Record<string, string>;
    peerDependenciesMeta: Record<string, { optional: boolean }>;
  } = read("package.json");
  const ranges = denoRanges();
  // No source imports it: SQLite's driver asks the runtime for it.
  const { "better-sqlite3": _, ...imported } = peerDependencies;
  for (const [name, range] of Object.entries(imported)) {
    // With an upper bound, an application on another major version would load the package twice.
    const expected = range.startsWith(">=") ? "*" : range;
    expect([name, ranges.get(name)]).toEqual([name, expected]);
  }
  const optional = Object.keys(peerDependencies).map((name) => [name, { optional: true }]);
  expect(peerDependenciesMeta).toEqual(Object.fromEntries(optional));
});

test("the core exports by name only", () => {
  expect(readFileSync(new URL("mod.ts", root), "utf8")).not.toMatch(/export\s*\*/);
});

test("the core re-exports everything that its rooms export", async () => {
  const rooms = await Promise.all([
    import("../../src/store/mod.ts"),
    import("../../src/persistence/adapter/mod.ts"),
    import("../../src/persistence/collections/mod.ts"),
    import("../../src/processor/mod.ts"),
  ]);
  const core = Object.keys(await import("../../mod.ts"));
  expect(core.sort()).toEqual(rooms.flatMap((room) => Object.keys(room)).sort());
});
