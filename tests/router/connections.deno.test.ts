import type { Hono } from "hono";
import { describe } from "vitest";
import type { Served } from "../support/serve-node.ts";
import { testConnections } from "./connections.ts";

// tsc checks this file with the others, without Deno's types.
declare const Deno: {
  serve(options: object, handler: Hono["fetch"]): {
    readonly addr: { readonly port: number };
    shutdown(): Promise<void>;
  };
};

async function serve(app: Hono): Promise<Served> {
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(options, app.fetch);
  return { port: server.addr.port, close: () => server.shutdown() };
}

describe("a kept connection to Deno", () => testConnections(serve, { closes: false }));
