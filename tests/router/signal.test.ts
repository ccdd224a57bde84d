import { expect, test } from "vitest";
import { serveNode } from "../support/serve-node.ts";
import { signalAfterAnswer } from "./signal-server.ts";

test("on Node, context.signal does not abort after a good answer, when the connection closes", async () => {
  const isAborted = await signalAfterAnswer({
    async serve(fetch) {
      const { port, close } = await serveNode({ fetch });
      return { url: `http://127.0.0.1:${port}`, stop: close };
    },
  });
  expect(isAborted).toBe(false);
});
