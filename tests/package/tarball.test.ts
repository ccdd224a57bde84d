import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { root } from "../../scripts/root.ts";
import { run } from "./commands.ts";

const tarball = inject("tarball");
const options = {
  cwd: inject("newest"),
  home: inject("folder"),
  source: "tests/package/tarball.test.ts",
};
const bin = `${root}node_modules/.bin`;

async function list(): Promise<string[]> {
  const text = await run(`tar -tzf '${tarball}'`, options);
  return text.trim().split("\n").map((path) => path.replace(/^package\//, ""));
}

describe("the tarball", () => {
  test("pleases publint", async () => {
    await run(`'${bin}/publint' --strict '${tarball}'`, options);
  });

  test("has types that resolve in every kind of project that can import modules", async () => {
    await run(`'${bin}/attw' --profile esm-only --no-emoji '${tarball}'`, options);
  });

  test("holds what is built, its sources and its pages, and nothing else", async () => {
    const rooms = /^(dist|src|adapters|docs)\//;
    const others = (await list()).filter((path) => !rooms.test(path));
    expect(others.sort()).toEqual([
      "CHANGELOG.md",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "mod.ts",
      "package.json",
    ]);
  });

  test("leads from each declaration to its source, and maps no JavaScript", async () => {
    const files = await list();
    const declarations = files.filter((path) => path.endsWith(".d.ts"));
    const maps = files.filter((path) => path.endsWith(".map"));
    expect(maps.sort()).toEqual(declarations.map((path) => `${path}.map`).sort());
    const sources = maps.flatMap((path) => {
      const map = JSON.parse(readFileSync(join(options.cwd, "node_modules/rian", path), "utf8"));
      return map.sources.map((source: string) => join(dirname(path), source));
    });
    expect(sources.filter((path) => !files.includes(path))).toEqual([]);
  });
});
