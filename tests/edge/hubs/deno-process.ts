/** A process, or a Worker by the name of its file, that serves an app over a file of Deno KV. It says its port. */
import { DenoKvStore } from "../../../adapters/deno-kv.ts";
import { broadcastHub, denoKvHub } from "../../../src/edge/mod.ts";
import { openDenoKv } from "../../support/open-deno-kv.ts";
import { hubApp } from "./hub-app.ts";

// tsc checks this file with the others, without Deno's types.
declare const Deno: {
  readonly args: readonly string[];
  serve(
    options: { readonly port: number; readonly hostname: string; onListen(): void },
    answer: (request: Request) => Response | Promise<Response>,
  ): { readonly addr: { readonly port: number } };
};
declare const self: { readonly name: string; postMessage(message: unknown): void };

const [path = self.name] = Deno.args;
const isThread = Deno.args.length === 0;
const kv = await openDenoKv(path);
const store = new DenoKvStore(kv);
const nameOf = () => path;
const hub = isThread ? broadcastHub({ nameOf }) : denoKvHub(kv, { poll: 50, nameOf });
const { fetch } = hubApp({ store, hub });
const server = Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen() {} },
  (request) => fetch(request),
);
if (isThread) self.postMessage(server.addr.port);
else console.log(server.addr.port);
