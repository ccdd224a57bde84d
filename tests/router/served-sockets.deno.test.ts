import { upgradeWebSocket } from "hono/deno";
import { afterAll } from "vitest";
import { testServedSockets } from "./served-sockets.ts";
import { sessionApp } from "./session-app.ts";
import { socketOptions } from "./socket-options.ts";

const server = Deno.serve(
  { port: 0, onListen: () => {} },
  sessionApp({ ...socketOptions, upgradeWebSocket }).fetch as (
    request: Request,
  ) => Promise<Response>,
);
afterAll(() => server.shutdown());

testServedSockets("Deno", { url: () => `http://127.0.0.1:${server.addr.port}`, isBuffered: true });
