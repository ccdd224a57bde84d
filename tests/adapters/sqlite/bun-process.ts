/**
 * A process of Bun that uses a handle of its own SQLite, and then a path: `bun bun-process.ts folder`. It prints what
 * came of it as JSON.
 */
// @ts-expect-error Only Bun has it, and its types are not installed.
import { Database } from "bun:sqlite";
import { unlinkSync } from "node:fs";
import type { SqliteHandle } from "../../../adapters/sqlite.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";

const folder = process.argv[2]!;
const handle: SqliteHandle & { exec(sql: string): unknown } = new Database(`${folder}/handle.db`);
const store = new SqliteStore(handle);
const value = { email: "ada@example.org", since: null };
const [version] = await store.commit([{ type: "User", key: 1, value, metadata: { rev: 1 } }]);
handle.exec(`create unique index email on "User" (data ->> '$.email')`);

async function failure(call: Promise<unknown>): Promise<object> {
  return await call.then(() => ({}), (error) => {
    const { name, message, constraint, key, field } = error;
    return { name, message, constraint, key, field };
  });
}

const taken = await failure(store.commit([{ type: "User", key: 2, value }]));
const lost = await failure(store.commit([{ type: "User", key: 1, value: 2, ifVersion: null }]));
await store.commit([{ type: "User", key: 1, value: { n: 2n }, ifVersion: version! }]);
const { value: read, metadata } = (await store.get("User", 1))!;

let now = 0;
const path = `${folder}/path.db`;
const byPath = new SqliteStore(path, { clock: { now: () => now } });
await byPath.commit([{ type: "Note", key: "a", value: 1 }]);
unlinkSync(path);
now += 1_000;
const deleted = await failure(byPath.commit([{ type: "Note", key: "a", value: 2 }]));
await byPath.close();

console.log(JSON.stringify({ taken, lost, read: String(Object(read).n), metadata, deleted }));
