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

/** The modules that import each other in a cycle, types included, as strongly connected components. */
function cycles(paths: readonly string[]): string[][] {
  const reached = new Map(paths.map((path) => {
    const targets = imports(path).filter((target) => existsSync(join(root, target)));
    return [path, new Set(targets.flatMap((target) => [...reachable(target)]))];
  }));
  const inCycle = paths.filter((path) => reached.get(path)!.has(path));
  const found = inCycle.map((path) =>
    inCycle.filter((other) => reached.get(path)!.has(other) && reached.get(other)!.has(path))
  );
  return found.filter(([first], index) => first === inCycle[index]);
}

describe("who may import whom", () => {
  test("shared imports only itself", () => {
    expect(strays("src/shared", [/^src\/shared\//])).toEqual([]);
  });

  test("the store imports only shared", () => {
    expect(strays("src/store", [/^src\/(shared|store)\//])).toEqual([]);
  });

  test("persistence imports only shared and the store; only its codec has a dependency", () => {
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

  test("the suite for adapters reaches only persistence and shared", () => {
    const suite = [...reachable("src/testing/test-adapter.ts")];
    const rooms = /^(src\/(persistence|shared|testing)\/|devalue$)/;
    expect(strays("src/testing", [rooms], suite)).toEqual([]);
    expect(suite.filter((path) => path.startsWith("src/testing/")).length).toBeGreaterThan(20);
  });

  test("the harness for handlers imports the processor as well, and nothing of the router", () => {
    const allowed = [/^src\/(persistence|processor|shared|testing)\//];
    expect(strays("src/testing", allowed)).toEqual([]);
  });

  test("the processor imports only persistence, the store and shared", () => {
    const allowed = [/^src\/(persistence|processor|shared|store)\//];
    expect(strays("src/processor", allowed)).toEqual([]);
  });

  test("operations know nothing of the processor, and applying them nothing of making them", () => {
    expect(strays("src/processor/operations", [/^src\/(processor\/operations|shared)\//])).toEqual(
      [],
    );
    const applying = [...reachable("src/processor/operations/apply-operations.ts")]
      .filter((path) => path.startsWith("src/processor/"))
      .map((path) => path.replace("src/processor/operations/", ""));
    expect(applying.sort()).toEqual([
      "apply-operations.ts",
      "draft.ts",
      "edit.ts",
      "operation.ts",
      "pointer.ts",
      "record.ts",
      "same-value.ts",
    ]);
  });

  test("the router imports only the processor, shared, what the page and it agree on, and Hono", () => {
    const allowed = [
      /^src\/(processor|router|shared)\//,
      /^src\/page\/(flash|form-action)\.ts$/,
      /^hono(\/|$)/,
    ];
    expect(strays("src/router", allowed)).toEqual([]);
  });

  test("the edge imports the processor, the contract, what its hubs look into, and what the router has without Hono", () => {
    const allowed = [
      /^src\/(edge|persistence\/adapter|processor|router|shared)\//,
      /^adapters\/(durable-object\.ts$|_(deno-kv|sql)\/)/,
    ];
    expect(strays("src/edge", allowed)).toEqual([]);
    const reached = [...reachable("src/edge/nasc-object.ts")];
    expect(reached.filter((path) => /^hono(\/|$)/.test(path))).toEqual([]);
  });

  test("the edge loads on every platform: it reaches no module of one", () => {
    const outside = [...reachable("src/edge/mod.ts")].flatMap(imports)
      .filter((target) => !existsSync(join(root, target)));
    // Hono's types alone.
    expect([...new Set(outside)].sort()).toEqual(["devalue", "hono"]);
  });

  test("the client imports only shared, the page and the wire of the processor", () => {
    const allowed = [
      /^src\/(client|page|shared)\//,
      /^src\/processor\/(address|frames|message|state-tag|typed-messages)\.ts$/,
      /^src\/processor\/operations\/(apply-edits|operation|pointer)\.ts$/,
    ];
    expect(strays("src/client", allowed)).toEqual([]);
  });

  test("JSON Schemas import only what checks them, pointers and the types of the processor", () => {
    const allowed = [
      /^src\/(json-schema|shared)\//,
      /^src\/persistence\/adapter\/json-(pointer|tree)\.ts$/,
      /^src\/processor\/(definitions|standard-schema)\.ts$/,
      /^@cfworker\/json-schema$/,
    ];
    expect(strays("src/json-schema", allowed)).toEqual([]);
  });

  test("the page imports only itself", () => {
    expect(strays("src/page", [/^src\/page\//])).toEqual([]);
  });

  test("pages of the server import only the page, addresses, shared and Hono", () => {
    const allowed = [/^src\/(page|shared|ssr)\//, /^src\/processor\/address\.ts$/, /^hono$/];
    expect(strays("src/ssr", allowed)).toEqual([]);
  });

  test("a binding imports only the store and its framework", () => {
    const allowed = [/^src\/(bindings|store)\//, /^(react|vue|solid-js(\/web)?)$/];
    expect(strays("src/bindings", allowed)).toEqual([]);
  });

  test("the face of an adapter imports only the contract and private folders, never another face", () => {
    const faces = modules("adapters").filter((path) => !path.includes("/_"));
    const allowed = [/^src\/(persistence\/adapter|shared)\//, /^adapters\/_/];
    expect(faces.length).toBeGreaterThan(0);
    expect(strays("adapters", allowed, faces)).toEqual([]);
  });

  // What a private folder may use beside the contract, itself and `_shared`.
  const uses: Readonly<Record<string, readonly RegExp[]>> = {
    "_cloudflare-kv": [],
    "_deno-kv": [],
    "_indexed-db": [],
    "_local-storage": [],
    "_mapped": [/^adapters\/_sql\//],
    "_shared": [],
    "_sql": [],
    "_sql-drivers": [/^adapters\/_sql\//],
  };

  test("every private folder of adapters has a rule", () => {
    const folders = readdirSync(join(root, "adapters")).filter((name) => name.startsWith("_"));
    expect(folders.sort()).toEqual(Object.keys(uses));
  });

  test.for(Object.keys(uses))(
    "adapters/%s imports only the contract, itself and what it is built on",
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
      /^react(-dom\/client)?$/,
      /^node:/,
    ];
    expect(strays("examples", allowed)).toEqual([]);
  });

  test("nothing imports itself in a cycle, types included", () => {
    const found = cycles([...modules("src"), ...modules("adapters"), "mod.ts"]);
    expect(found.map((cycle) => cycle.join(" ⇄ "))).toEqual([]);
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
