/**
 * A process of its own that sends and delivers on a Deno KV file until it kills itself:
 * `deno run -A --unstable-kv deno-kv-process.ts path seed`.
 */
import process from "node:process";
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { openDenoKv } from "../../support/open-deno-kv.ts";
import { doomed, relayFor, seeded } from "./relay.ts";

const [path, seed] = process.argv.slice(2);
const random = seeded(Number(seed));
const store = new DenoKvStore(await openDenoKv(path!));
const end = () => process.kill(process.pid, "SIGKILL");
const commit = 1 + Math.floor(random() * 80);
await relayFor(doomed(store, { commit, isBefore: random() < 0.5, end }), { random, events: 1_000 });
