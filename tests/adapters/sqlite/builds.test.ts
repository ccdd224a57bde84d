import Database from "better-sqlite3";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-builds-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});
let files = 0;

interface Handle {
  prepare(sql: string): { get(): unknown };
}

/** Keeps the handles that the builds open. */
function watchBuilds(): { readonly build: string; readonly handle: Handle }[] {
  const opened: { build: string; handle: Handle }[] = [];
  class Better extends Database {
    constructor(path: string) {
      super(path);
      if (path !== ":memory:") opened.push({ build: "better-sqlite3", handle: this });
    }
  }
  class Node extends DatabaseSync {
    constructor(path: string) {
      super(path);
      opened.push({ build: "node:sqlite", handle: this });
    }
  }
  const original = process.getBuiltinModule.bind(process) as (name: string) => object | undefined;
  const modules: Record<string, object> = {
    "node:module": { createRequire: () => () => Better },
    "node:sqlite": { DatabaseSync: Node },
  };
  vi.spyOn(process, "getBuiltinModule").mockImplementation((name) => {
    return modules[name] ?? original(name) as object;
  });
  return opened;
}

const mapped = { mapping: {}, schema: {} };

describe.each(
  [
    ["SqliteStore", (path: string, options: object) => new SqliteStore(path, options)],
    ["SqliteMappedStore", (path: string, options: object) => {
      return new SqliteMappedStore(path, { ...mapped, ...options });
    }],
  ] as const,
)("%s opens a path", (_, open) => {
  test.each([
    [{}, "better-sqlite3", 1],
    [{ driver: "better-sqlite3" }, "better-sqlite3", 1],
    [{ driver: "node:sqlite" }, "node:sqlite", 1],
    [{ synchronous: "normal", driver: "node:sqlite" }, "node:sqlite", 1],
    [{ synchronous: "full" }, "better-sqlite3", 2],
    [{ synchronous: "full", driver: "node:sqlite" }, "node:sqlite", 2],
  ])("with %o by %s, and syncs as asked", async (options, build, synchronous) => {
    const opened = watchBuilds();
    const store = open(join(folder, `${files++}.db`), options);
    await store.commit([{ type: "Note", key: 1, value: 1 }]);
    expect(opened.map((each) => each.build)).toEqual([build]);
    expect(opened[0]!.handle.prepare("pragma synchronous").get()).toEqual({ synchronous });
    await store.close();
  });

  test.each(["better-sqlite3", "node:sqlite"])(
    "and refuses the driver %s for what is open already",
    (driver) => {
      const handle = new DatabaseSync(":memory:") as unknown as string;
      expect(() => open(handle, { driver })).toThrow(
        new TypeError(
          "Cannot use SQLite: driver is for a path, and this database is open already; " +
            "leave it out, or pass a path",
        ),
      );
    },
  );
});

describe("Where code must not be made from text, which better-sqlite3 does", () => {
  const script = fileURLToPath(new URL("./forbidden-process.ts", import.meta.url));
  async function outputOf(...driver: string[]): Promise<string> {
    const path = join(folder, `${files++}.db`);
    const flags = ["--disallow-code-generation-from-strings", script, path, ...driver];
    return (await promisify(execFile)(process.execPath, flags)).stdout;
  }

  test("a path is opened by node:sqlite", async () => {
    expect(await outputOf()).toBe('{"text":"kept"}\n');
    expect(await outputOf("node:sqlite")).toBe('{"text":"kept"}\n');
  });

  test("better-sqlite3 by name is refused with its cure", async () => {
    expect(await outputOf("better-sqlite3")).toContain(
      "Cannot open a SQLite file with better-sqlite3: better-sqlite3 does not start (Code " +
        "generation from strings disallowed for this context); start without " +
        '--disallow-code-generation-from-strings, or use the driver "node:sqlite"',
    );
  });
});

describe("Without a build that is needed", () => {
  /** Has the runtime find no package, and this of its own. */
  function lack(own: Record<string, object>): void {
    const modules: Record<string, object> = {
      "node:module": {
        createRequire: () => () => {
          throw new Error("Cannot find module 'better-sqlite3'");
        },
      },
      ...own,
    };
    vi.spyOn(process, "getBuiltinModule").mockImplementation((name) => modules[name] as object);
  }

  test.each(
    [
      [
        {},
        "Cannot open a SQLite file: better-sqlite3 is not installed and this runtime has no " +
        "node:sqlite; run `npm install better-sqlite3`, or use Node 22.13 or Deno 2.2 and later, " +
        "or pass an open handle instead of a path",
      ],
      [
        { driver: "better-sqlite3" },
        "Cannot open a SQLite file with better-sqlite3: better-sqlite3 is not installed; run " +
        '`npm install better-sqlite3`, or use the driver "node:sqlite"',
      ],
      [
        { driver: "node:sqlite" },
        "Cannot open a SQLite file with node:sqlite: this runtime does not have it; use Node 22.13 " +
        "or Deno 2.2 and later, or install better-sqlite3 and leave the option driver out",
      ],
    ] as const,
  )("a store with %o says what to do", async (options, message) => {
    lack({});
    const store = new SqliteStore(join(folder, "none.db"), options);
    await expect(store.get("Note", 1)).rejects.toThrow(message);
    await expect(store.commit([{ type: "Note", key: 1, value: 1 }])).rejects.toThrow(message);
    await store.close();
  });

  test("better-sqlite3 by name does not become node:sqlite", async () => {
    lack({ "node:sqlite": { DatabaseSync } });
    const store = new SqliteStore(join(folder, "named.db"), { driver: "better-sqlite3" });
    await expect(store.get("Note", 1)).rejects.toThrow("better-sqlite3 is not installed");
    await store.close();
  });
});
