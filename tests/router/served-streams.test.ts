import { serve } from "@hono/node-server";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe } from "vitest";
import { createTestHarness } from "wrangler";
import { testServedStreams } from "./served-streams.ts";
import { sessionApp } from "./session-app.ts";

describe("@hono/node-server", () => {
  const server = serve({ fetch: sessionApp({ reauthorize: 100 }).fetch, port: 0 });
  beforeAll(async () => {
    if (!server.listening) await once(server, "listening");
  });
  afterAll(() => void server.close());

  testServedStreams("Node", (path, init) => {
    return fetch(`http://localhost:${(server.address() as AddressInfo).port}${path}`, init);
  });
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
