import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe } from "vitest";
import { createTestHarness } from "wrangler";
import { type Served, serveNode } from "../support/serve-node.ts";
import { testServedStreams } from "./served-streams.ts";
import { sessionApp } from "./session-app.ts";

describe("@hono/node-server", () => {
  let server: Served;
  beforeAll(async () => {
    server = await serveNode(sessionApp({ reauthorize: 100 }));
  });
  afterAll(() => server.close());

  testServedStreams("Node", (path, init) => fetch(`http://127.0.0.1:${server.port}${path}`, init));
});

describe("workerd", () => {
  const main = new URL("./session-worker.ts", import.meta.url);
  const harness = createTestHarness({
    root: fileURLToPath(new URL("./", main)),
    workers: [{
      config: {
        name: "sessions",
        main: fileURLToPath(main),
        compatibility_date: "2026-10-01",
        vars: { SECRET: "of the Worker" },
      },
    }],
  });
  let url: URL;
  beforeAll(async () => {
    ({ url } = await harness.listen());
  });
  afterAll(() => harness.close());

  testServedStreams("workerd", (path, init) => fetch(new URL(path, url), init));
});
