import fc from "fast-check";
import { getRuntimeKey } from "hono/adapter";
import { expect, test, vi } from "vitest";
import { patientHandlers } from "./hostile/app.ts";
import { hostileRequest } from "./hostile/request.ts";
import { app } from "./support.ts";

test("no request makes the router fail, whatever stands in it", async () => {
  const onError = vi.fn();
  const routes = app({ handlers: patientHandlers, onError, maxBodyBytes: 200_000 });
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(hostileRequest, async ({ method, target, headers, body }) => {
      const hasBody = !["GET", "HEAD"].includes(method.toUpperCase());
      const request = new Request(`http://rian.test${target}`, {
        method,
        headers: Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, value.replaceAll(/[^ -~]/g, "?")]),
        ),
        ...(hasBody && { body }),
      });
      const response = await routes.request(request);
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      expect(onError.mock.calls).toEqual([]);
      expect(response.status).toBeLessThan(500);
      // A stream that was opened has nothing more to say.
      await response.body?.cancel();
    }),
    { numRuns: getRuntimeKey() === "node" ? 2_000 : 500 },
  );
  // The requests are hostile in more than one way, and some are none.
  expect([...statuses.keys()])
    .toEqual(expect.arrayContaining([200, 303, 400, 403, 404, 405, 413, 415]));
});
