/** A process of its own that shares a Deno KV file: `deno run … path first|second`. */
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { openDenoKv } from "../../support/open-deno-kv.ts";
import { share, type Writer } from "./processes-share.ts";

const [path, me] = process.argv.slice(2);
const kv = await openDenoKv(path!);
console.log(await share(new DenoKvStore(kv), me as Writer));
kv.close();
