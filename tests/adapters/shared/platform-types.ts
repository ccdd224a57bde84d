/**
 * The platforms' own types fit what the adapters declare of them; `tsc` fails on this file if one does not.
 *
 * @module
 */
import type { D1Database, KVNamespace } from "@cloudflare/workers-types/index.ts";
import type { Database } from "better-sqlite3";
import type { DatabaseSync } from "node:sqlite";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { CloudflareKvStore } from "../../../adapters/cloudflare-kv.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";

export function openD1(database: D1Database): D1Store {
  return new D1Store(database);
}

export function openNodeSqlite(database: DatabaseSync): SqliteStore {
  return new SqliteStore(database);
}

export function openBetterSqlite3(database: Database): SqliteStore {
  return new SqliteStore(database);
}

export function openWorkersKv(namespace: KVNamespace): CloudflareKvStore {
  return new CloudflareKvStore(namespace);
}
