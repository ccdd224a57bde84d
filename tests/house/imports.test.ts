import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { imports, modules, reachable, root } from "./modules.ts";

/** The imports of a folder, or of some of its modules, that its rules do not allow. */
function strays(
  folder: string,
  allowed: readonly RegExp[],
  paths: readonly string[] = modules(folder),
): string[] {
  return paths.flatMap((path) =>
    imports(path)
      .filter((target) => !allowed.some((pattern) => pattern.test(target)))
      .map((target) => `${path} imports ${target}`)
  );
}

/** The modules that import each other around a circle, types included, as strongly connected components. */
function circles(paths: readonly string[]): string[][] {
  const reached = new Map(paths.map((path) => {
    const targets = imports(path).filter((target) => existsSync(join(root, target)));
    return [path, new Set(targets.flatMap((target) => [...reachable(target)]))];
  }));
  const inCircle = paths.filter((path) => reached.get(path)!.has(path));
  const found = inCircle.map((path) =>
    inCircle.filter((other) => reached.get(path)!.has(other) && reached.get(other)!.has(path))
  );
  return found.filter(([first], index) => first === inCircle[index]);
}

describe("who may import whom", () => {
  test("shared imports nothing outside itself", () => {
    expect(strays("src/shared", [/^src\/shared\//])).toEqual([]);
  });

  test("the store imports shared", () => {
    expect(strays("src/store", [/^src\/(shared|store)\//])).toEqual([]);
  });

  test("persistence imports shared and the store; only its codec has a dependency", () => {
    const allowed = [/^src\/(persistence|shared|store)\//, /^devalue$/];
    expect(strays("src/persistence", allowed)).toEqual([]);
    const withDependency = modules("src/persistence").filter((path) =>
      imports(path).includes("devalue")
    );
    expect(withDependency).toEqual(["src/persistence/adapter/codec.ts"]);
  });

  test("the adapter contract knows nothing of the collections", () => {
    expect(
      strays("src/persistence/adapter", [/^src\/(persistence\/adapter|shared)\//, /^devalue$/]),
    )
      .toEqual([]);
  });

  test("the suites for adapters import persistence", () => {
    expect(strays("src/testing", [/^src\/(persistence|shared|testing)\//])).toEqual([]);
  });

  test("the processor imports persistence", () => {
    const allowed = [/^src\/(persistence|processor|shared|store)\//];
    expect(strays("src/processor", allowed)).toEqual([]);
  });

  test("the router imports the processor and Hono", () => {
    const allowed = [/^src\/(processor|router|shared)\//, /^hono(\/|$)/];
    expect(strays("src/router", allowed)).toEqual([]);
  });

  test("the client imports shared, and the wire of the processor", () => {
    const allowed = [
      /^src\/(client|page|shared)\//,
      /^src\/processor\/(address|apply-patches|make-patches|message)\.ts$/,
    ];
    expect(strays("src/client", allowed)).toEqual([]);
  });

  test("what a page and a server share imports nothing outside itself", () => {
    expect(strays("src/page", [/^src\/page\//])).toEqual([]);
  });

  test("a binding imports the store and its framework", () => {
    const allowed = [/^src\/(bindings|store)\//, /^(react|vue|solid-js(\/web)?)$/];
    expect(strays("src/bindings", allowed)).toEqual([]);
  });

  test("the face of an adapter imports the contract and private folders, never another adapter", () => {
    const faces = modules("adapters").filter((path) => !path.includes("/_"));
    const allowed = [/^src\/(persistence\/adapter|shared)\//, /^adapters\/_/, /^idb$/];
    expect(faces.length).toBeGreaterThan(0);
    expect(strays("adapters", allowed, faces)).toEqual([]);
  });

  // What a private folder may use beside the contract, itself and `_shared`.
  const uses: Readonly<Record<string, readonly RegExp[]>> = {
    "_cloudflare-kv": [],
    "_deno-kv": [],
    "_indexed-db": [/^idb$/],
    "_local-storage": [],
    "_mapped": [/^adapters\/_sql\//],
    "_shared": [],
    "_sql": [],
    "_sql-drivers": [/^adapters\/_sql\//, /^node:sqlite$/, /^better-sqlite3$/],
  };

  test("every private folder of adapters has a rule", () => {
    const folders = readdirSync(join(root, "adapters")).filter((name) => name.startsWith("_"));
    expect(folders.sort()).toEqual(Object.keys(uses));
  });

  test.for(Object.keys(uses))(
    "adapters/%s imports the contract, itself and what it is built on",
    (folder) => {
      const own = [new RegExp(`^adapters/(${folder}|_shared)/`)];
      const contract = [/^src\/(persistence\/adapter|shared)\//];
      expect(strays(`adapters/${folder}`, [...contract, ...own, ...uses[folder]!])).toEqual([]);
    },
  );

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

  test("nothing imports itself around a circle, types included", () => {
    const found = circles([...modules("src"), ...modules("adapters"), "mod.ts"]);
    expect(found.map((circle) => circle.join(" ⇄ "))).toEqual([]);
  });
});

describe("the core", () => {
  const core = [...reachable("mod.ts")];

  test("is shared, the store, persistence and the processor", () => {
    const rooms = /^(mod\.ts$|src\/(shared|store|persistence|processor)\/)/;
    expect(core.filter((path) => !rooms.test(path)))
      .toEqual([]);
    expect(core.length).toBeGreaterThan(10);
  });

  test("has no dependency", () => {
    expect(core.flatMap(imports).filter((target) => !existsSync(join(root, target)))).toEqual([]);
  });
});
