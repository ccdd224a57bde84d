import type { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { head, RawConnection } from "../support/raw-connection.ts";
import type { Served } from "../support/serve-node.ts";
import { testConnections } from "./connections.ts";
import { app, user } from "./support.ts";

// tsc checks this file with the others, without Deno's types.
declare const Deno: {
  serve(options: object, handler: Hono["fetch"]): {
    readonly addr: { readonly port: number };
    shutdown(): Promise<void>;
  };
};

async function serve(app: Pick<Hono, "fetch">): Promise<Served> {
  const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
  const server = Deno.serve(options, app.fetch);
  return { port: server.addr.port, close: () => server.shutdown() };
}

describe("a kept connection to Deno", () => testConnections(serve, { closes: false }));

test("an event whose body is broken off by a server of Deno that shuts down may be sent again", async () => {
  const text = JSON.stringify({ ...user, event: "mount" });
  const begins = [
    [{ "content-length": `${text.length}` }, text.slice(0, 5)],
    [{ "transfer-encoding": "chunked" }, `5\r\n${text.slice(0, 5)}\r\n`],
  ] as const;
  for (const [size, begin] of begins) {
    const routes = app();
    const begun = Promise.withResolvers<void>();
    const fetch: typeof routes.fetch = (request) => {
      begun.resolve();
      return routes.fetch(request);
    };
    const server = await serve({ fetch });
    const connection = RawConnection.open(server.port);
    connection.write(head("POST /nasc/event", { "content-type": "application/json", ...size }));
    connection.write(begin);
    await begun.promise;
    const closed = server.close();
    expect((await connection.read())?.status).toBe(503);
    connection.destroy();
    await closed;
  }
});
