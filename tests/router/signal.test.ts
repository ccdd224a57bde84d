import { serve } from "@hono/node-server";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { signalAfterAnswer } from "./signal-server.ts";

test("on Node, context.signal does not abort after a good answer, when the connection closes", async () => {
  const isAborted = await signalAfterAnswer({
    async serve(fetch) {
      const server = serve({ fetch, port: 0, hostname: "127.0.0.1" });
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const stop = () => new Promise((resolve) => server.close(resolve));
      return { url: `http://127.0.0.1:${port}`, stop };
    },
  });
  expect(isAborted).toBe(false);
});
