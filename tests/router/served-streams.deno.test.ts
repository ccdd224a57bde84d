import { afterAll } from "vitest";
import { testServedStreams } from "./served-streams.ts";
import { sessionApp } from "./session-app.ts";

const server = Deno.serve(
  { port: 0, onListen: () => {} },
  sessionApp({ reauthorize: 100 }).fetch as (request: Request) => Promise<Response>,
);
afterAll(() => server.shutdown());

testServedStreams(
  "Deno",
  (path, init) => fetch(`http://localhost:${server.addr.port}${path}`, init),
);
