import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe } from "vitest";
import { createTestHarness } from "wrangler";
import { type Served, serveNode, upgradeWebSocket } from "../support/serve-node.ts";
import { testServedSockets } from "./served-sockets.ts";
import { sessionApp } from "./session-app.ts";
import { socketOptions } from "./socket-options.ts";

describe("@hono/node-server", () => {
  let server: Served;
  beforeAll(async () => {
    server = await serveNode(sessionApp({ ...socketOptions, upgradeWebSocket }));
  });
  afterAll(() => server.close());

  testServedSockets("Node", { url: () => `http://127.0.0.1:${server.port}`, isBuffered: true });
});

describe("workerd", () => {
  const main = new URL("./socket-worker.ts", import.meta.url);
  const harness = createTestHarness({
    root: fileURLToPath(new URL("./", main)),
    workers: [{
      config: { name: "sockets", main: fileURLToPath(main), compatibility_date: "2026-10-01" },
    }],
  });
  let url: URL;
  beforeAll(async () => {
    ({ url } = await harness.listen());
  });
  afterAll(() => harness.close());

  testServedSockets("workerd", { url: () => url.origin, isBuffered: false });
});
