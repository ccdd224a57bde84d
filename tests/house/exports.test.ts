import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);

function read(file: string) {
  return JSON.parse(readFileSync(new URL(file, root), "utf8"));
}

test("npm and JSR export the same names from the same sources", () => {
  const npm: Record<string, { types: string; default: string }> = read("package.json").exports;
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

test("npm and JSR have the same version, and accept the same versions of other packages", () => {
  const [npm, deno] = [read("package.json"), read("deno.json")];
  expect(npm.version).toBe(deno.version);
  for (const [name, specifier] of Object.entries<string>(deno.imports)) {
    if (!specifier.startsWith("npm:")) continue;
    const [bare] = name.split("/") as [string];
    const range = specifier.slice(specifier.lastIndexOf("@") + 1).replace("/", "");
    const own: string | undefined = npm.dependencies[bare];
    if (own !== undefined) expect(range).toBe(own);
    else {
      // The application brings these: any minor version of the major one that the tests run with.
      const [major] = npm.devDependencies[bare].split(".");
      expect(range).toMatch(new RegExp(`^\\^${major}\\.`));
      expect(npm.peerDependencies).toHaveProperty([bare]);
    }
  }
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
