/**
 * A process, or a thread, that serves an app over a SQLite file until its input ends: `node node-process.ts hub path`.
 * It prints its port.
 */
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { broadcastHub, sqliteHub } from "../../../src/edge/mod.ts";
import { serveNode } from "../../support/serve-node.ts";
import { hubApp } from "./hub-app.ts";

const [kind, path] = process.argv.slice(2);
const driver = kind === "node:sqlite" ? kind : "better-sqlite3";
const store = new SqliteStore(path!, { driver });
const hub = kind === "broadcast" ? broadcastHub() : sqliteHub(store);
const served = await serveNode(hubApp({ store, hub }));
process.stdin.resume();
process.stdin.on("end", async () => {
  hub.close();
  await served.close();
  await store.close();
});
console.log(served.port);
