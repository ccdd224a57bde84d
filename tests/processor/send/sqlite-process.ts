/**
 * A process of its own that sends and delivers on a SQLite file until it kills itself: `node sqlite-process.ts path seed`,
 * once it is bundled, which saves each of many processes a second. So it needs no package.
 */
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { doomed, relayFor, seeded } from "./relay.ts";

const [path, seed] = process.argv.slice(2);
const random = seeded(Number(seed));
const store = new SqliteStore(path!, { driver: "node:sqlite" });
const end = () => process.kill(process.pid, "SIGKILL");
const commit = 1 + Math.floor(random() * 120);
await relayFor(doomed(store, { commit, isBefore: random() < 0.5, end }), { random, events: 1_000 });
