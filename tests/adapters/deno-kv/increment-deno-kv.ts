/** A process of its own that increments one counter in a Deno KV file: `deno run … path times`. */
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { openDenoKv } from "../../support/open-deno-kv.ts";
import { increment } from "../shared/increment.ts";

const [path, times] = process.argv.slice(2);
const kv = await openDenoKv(path!);
await increment(new DenoKvStore(kv), Number(times));
kv.close();
