import { describe, expect, test } from "vitest";
import { D1Store } from "../../adapters/cloudflare-d1.ts";
import { CloudflareKvStore } from "../../adapters/cloudflare-kv.ts";
import { DenoKvStore } from "../../adapters/deno-kv.ts";
import { DurableObjectStore } from "../../adapters/durable-object.ts";
import { IndexedDbStore } from "../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../adapters/local-storage.ts";
import { SqliteMappedStore } from "../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../adapters/sqlite.ts";
import { MemoryStore } from "../../mod.ts";

/** A class as plain JavaScript sees it, without types that refuse anything. */
type Untyped = new (...values: readonly unknown[]) => unknown;

// Platform objects as far as a constructor looks at them.
const f = () => {};
const d1 = { prepare: f, batch: f, exec: f, dump: f };
const kv = { get: f, put: f, delete: f, list: f, getWithMetadata: f };
const denoKv = { get: f, getMany: f, list: f, atomic: f };
const storage = { key: f, getItem: f, setItem: f, removeItem: f };
const object = { sql: { exec: f }, transactionSync: f };
const factory = { open: f };

const anObject = "a value of type Object";
const now = "pass an object with now";
const aPath = "pass the path of a file, or an open handle of better-sqlite3 or node:sqlite " +
  "(D1Store takes D1)";
const aDatabase =
  "pass the path of a file, an open handle, a D1 binding, or the ctx.storage of a Durable Object";
const aD1 = "pass a D1 binding, such as env.DB";
const aKv = "pass a KV binding, such as env.KV";
const aDenoKv = "pass the Deno.Kv that await Deno.openKv() returns";
const aStorage = "pass localStorage or sessionStorage";
const aFactory = "pass the indexedDB of a page or a worker";
const anObjectStorage = "pass the ctx.storage of a Durable Object";
const aMapping =
  'pass the table of each type, such as { Todo: { "x-na:store": { entity: "todos", pk: "id" } } }';
const forTests = "use clock, createVersion";

const wrong: readonly [
  store: unknown,
  values: readonly unknown[],
  action: string,
  problem: string,
][] = [
  [MemoryStore, [null], "use MemoryStore", "options is null; pass an object"],
  [MemoryStore, [{ prefix: "a" }], "use MemoryStore", `prefix is not an option; ${forTests}`],
  [MemoryStore, [{ clock: 5 }], "use MemoryStore", `clock is 5; ${now}`],
  [
    MemoryStore,
    [{ createVersion: "1" }],
    "use MemoryStore",
    'createVersion is "1", a string; pass a function',
  ],

  [
    D1Store,
    [],
    "use D1",
    "the Worker has no such binding; name it under d1_databases in its configuration",
  ],
  [D1Store, [{ DB: d1 }], "use D1", `database is ${anObject}; ${aD1}`],
  [D1Store, [kv], "use D1", `database is ${anObject}; ${aD1}`],
  [D1Store, ["todos.db"], "use D1", `database is "todos.db", a string; ${aD1}`],
  [D1Store, [d1, { clock: Math.random }], "use D1", `clock is a value of type Function; ${now}`],

  [
    CloudflareKvStore,
    [undefined],
    "use Workers KV",
    "the Worker has no such binding; name it under kv_namespaces in its configuration",
  ],
  [CloudflareKvStore, [d1], "use Workers KV", `kv is ${anObject}; ${aKv}`],
  [CloudflareKvStore, [new Map()], "use Workers KV", `kv is a value of type Map; ${aKv}`],
  [
    CloudflareKvStore,
    [kv, { prefix: ["a"] }],
    "use Workers KV",
    "prefix is a value of type Array; pass a string",
  ],
  [
    CloudflareKvStore,
    [kv, { prefx: "a" }],
    "use Workers KV",
    "prefx is not an option; use prefix, clock, createVersion",
  ],

  [
    DurableObjectStore,
    [],
    "use Durable Object storage",
    `storage is undefined; ${anObjectStorage}`,
  ],
  [
    DurableObjectStore,
    [{ storage: object }],
    "use Durable Object storage",
    `storage is ${anObject}; ${anObjectStorage}`,
  ],
  [
    DurableObjectStore,
    [object, { createVersion: 1 }],
    "use Durable Object storage",
    "createVersion is 1; pass a function",
  ],

  [DenoKvStore, [], "use Deno KV", `kv is undefined; ${aDenoKv}`],
  [
    DenoKvStore,
    [Promise.resolve(denoKv)],
    "use Deno KV",
    `kv is a promise that was not awaited; ${aDenoKv}`,
  ],
  [DenoKvStore, [kv], "use Deno KV", `kv is ${anObject}; ${aDenoKv}`],
  [
    DenoKvStore,
    [denoKv, { prefix: "app" }],
    "use Deno KV",
    'prefix is "app", a string; pass a list of strings, such as ["rian"]',
  ],
  [DenoKvStore, [denoKv, { prefix: ["app", 5] }], "use Deno KV", "prefix.1 is 5; pass a string"],
  [
    DenoKvStore,
    [denoKv, { watch: f }],
    "use Deno KV",
    "watch is a value of type Function; pass true or false",
  ],
  [
    DenoKvStore,
    [denoKv, { clock: { now: f } }],
    "use Deno KV",
    `clock is ${anObject}; pass an object with now, setTimeout and clearTimeout`,
  ],

  [LocalStorageStore, [], "use localStorage", `storage is undefined; ${aStorage}`],
  [
    LocalStorageStore,
    [new Map()],
    "use localStorage",
    `storage is a value of type Map; ${aStorage}`,
  ],
  [
    LocalStorageStore,
    [storage, { events: true }],
    "use localStorage",
    "events is true; pass the window",
  ],
  [
    LocalStorageStore,
    [storage, { watch: true }],
    "use localStorage",
    "watch is not an option; use prefix, events, clock, createVersion",
  ],

  [IndexedDbStore, [], "use IndexedDB", `factory is undefined; ${aFactory}`],
  [IndexedDbStore, ["rian"], "use IndexedDB", `factory is "rian", a string; ${aFactory}`],
  [IndexedDbStore, [factory, { name: 5 }], "use IndexedDB", "name is 5; pass a string"],
  [
    IndexedDbStore,
    [factory, { databaseName: "a" }],
    "use IndexedDB",
    "databaseName is not an option; use name, onBlocked, clock, createVersion",
  ],

  [SqliteStore, [], "use SQLite", `database is undefined; ${aPath}`],
  [SqliteStore, [null], "use SQLite", `database is null; ${aPath}`],
  [SqliteStore, [5], "use SQLite", `database is 5; ${aPath}`],
  [SqliteStore, [{}], "use SQLite", `database is ${anObject}; ${aPath}`],
  [SqliteStore, [""], "use SQLite", `database is "", a string; ${aPath}`],
  [
    SqliteStore,
    [":memory:", { driver: "sqlite3" }],
    "use SQLite",
    'driver is "sqlite3", a string; pass "better-sqlite3" or "node:sqlite"',
  ],
  [
    SqliteStore,
    [":memory:", { synchronous: true }],
    "use SQLite",
    'synchronous is true; pass "normal" or "full"',
  ],
  [
    SqliteStore,
    [":memory:", { synchronous: "off" }],
    "use SQLite",
    'synchronous is "off", a string; pass "normal" or "full"',
  ],
  [SqliteStore, [d1], "use SQLite", `database is ${anObject}; ${aPath}`],
  [
    SqliteStore,
    [new URL("file:///todos.db")],
    "use SQLite",
    `database is a value of type URL; ${aPath}`,
  ],
  [
    SqliteStore,
    [":memory:", { prefix: "a" }],
    "use SQLite",
    `prefix is not an option; ${forTests}, driver, synchronous`,
  ],

  [SqliteMappedStore, [], "use SQLite", `database is undefined; ${aDatabase}`],
  [SqliteMappedStore, [""], "use SQLite", `database is "", a string; ${aDatabase}`],
  [SqliteMappedStore, [kv, {}], "use SQLite", `database is ${anObject}; ${aDatabase}`],
  [
    SqliteMappedStore,
    [":memory:"],
    "use SQLite",
    "options is undefined; pass an object with mapping and schema",
  ],
  [
    SqliteMappedStore,
    [":memory:", { mapping: {}, schema: {}, driver: "bun:sqlite" }],
    "use SQLite",
    'driver is "bun:sqlite", a string; pass "better-sqlite3" or "node:sqlite"',
  ],
  [
    SqliteMappedStore,
    [":memory:", { mapping: {}, schema: {}, synchronous: 1 }],
    "use SQLite",
    'synchronous is 1; pass "normal" or "full"',
  ],
  [
    SqliteMappedStore,
    [":memory:", { schema: {} }],
    "use SQLite",
    `mapping is undefined; ${aMapping}`,
  ],
  [
    SqliteMappedStore,
    [":memory:", { mapping: {}, schema: "todos.json" }],
    "use SQLite",
    'schema is "todos.json", a string; pass a JSON Schema with $defs',
  ],
];

/** Tests that constructors refuse wrong arguments, which needs no backend. */
export function testWrongOptions(): void {
  describe("a wrong argument is refused by name", () => {
    const named = wrong.map((row) => [(row[0] as Untyped).name, row] as const);
    test.for(named)("%s, %o", ([, [Store, values, action, problem]]) => {
      expect(() => new (Store as Untyped)(...values))
        .toThrow(new TypeError(`Cannot ${action}: ${problem}`));
    });
  });
}
