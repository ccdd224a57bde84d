import { HTTPException } from "hono/http-exception";
import { describe, expect, test, vi } from "vitest";
import { type Demand, tokenBucket } from "../../src/router/mod.ts";
import { counterMessage } from "../support/counter.ts";
import { open } from "./support-stream.ts";
import { app, post, store, user } from "./support.ts";

const hundred = Array.from({ length: 100 }, (_, index) => `scope=Counter:c${index}`).join("&");

/** A bucket for everybody together, with a clock that a test sets. */
function shared(rate: number, burst: number) {
  const clock = { time: 1_000_000, now: () => clock.time };
  return { clock, limit: tokenBucket({ rate, burst, key: () => "all", clock }) };
}

describe("limit", () => {
  test("is asked for every event, once for a stream, and for every instance that is created", async () => {
    const demands: Demand[] = [];
    const limit = (_context: unknown, demand: Demand) => (demands.push(demand), true as const);
    const routes = app({ limit, user: () => "ada" });
    await post(routes, [counterMessage(), { ...user, event: "mount" }]);
    const page = await open(routes, "scope=Counter:visits&scope=User:b&scope=User:me");
    await page.close();
    const ada = { count: 1, user: "ada" };
    expect(demands).toEqual([
      { kind: "event", type: "Counter", id: "visits", ...ada },
      { kind: "create", type: "Counter", id: "visits", ...ada },
      { kind: "event", type: "User", id: "me", ...ada },
      { kind: "create", type: "User", id: "me", ...ada },
      { kind: "stream", type: "Counter", id: "visits", ...ada, count: 3 },
      { kind: "create", type: "User", id: "b", ...ada },
    ]);
  });

  test.for<[retryAfter: number, seconds: string]>([
    [0, "0"],
    [1, "1"],
    [999, "1"],
    [1_000, "1"],
    [1_001, "2"],
    [86_400_000, "86400"],
  ])("of %i ms is a 429 that says to come back after %s s", async ([retryAfter, seconds]) => {
    const authorize = vi.fn(() => true);
    const routes = app({ limit: () => ({ retryAfter }), authorize });
    for (
      const response of [
        await post(routes, counterMessage()),
        await routes.request("/nasc/stream?scope=User:me"),
      ]
    ) {
      expect([response.status, response.headers.get("retry-after")]).toEqual([429, seconds]);
      expect(await response.json()).toMatchObject({
        title: "Too Many Requests",
        code: "limited",
        patches: [{ action: "error", code: "limited" }],
      });
    }
    expect(await (await post(routes, [counterMessage()])).json())
      .toMatchObject([{ status: 429, code: "limited" }]);
    expect(authorize).not.toHaveBeenCalled();
  });

  test("may be a promise", async () => {
    const routes = app({ limit: () => Promise.resolve({ retryAfter: 5_000 }) });
    expect((await post(routes, counterMessage())).headers.get("retry-after")).toBe("5");
  });

  test("may refuse by an HTTPException", async () => {
    const routes = app({
      limit: (_context, { kind }) => {
        if (kind === "create") throw new HTTPException(429, { message: "slowly" });
        return true;
      },
    });
    const response = await post(routes, counterMessage());
    expect([response.status, await response.text()]).toEqual([429, "slowly"]);
  });

  test.for<[unknown, string]>([
    [undefined, "undefined"],
    [false, "false"],
    [1, "1"],
    [{}, "a value of type Object"],
    [{ retryAfter: "5" }, "a value of type Object"],
    [{ retryAfter: -1 }, "a value of type Object"],
    [{ retryAfter: Infinity }, "a value of type Object"],
    [{ retryAfter: NaN }, "a value of type Object"],
  ])("that returns %o is an error that says so, and nothing runs", async ([answer, described]) => {
    const onError = vi.fn();
    const routes = app({ limit: () => answer as never, onError });
    expect((await post(routes, counterMessage())).status).toBe(500);
    expect((await routes.request("/nasc/stream?scope=Counter:visits")).status).toBe(500);
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual([
      `Cannot limit a request (event of Counter/visits): limit returned ${described}; return true, or { retryAfter } in milliseconds`,
      `Cannot limit a request (stream of Counter/visits): limit returned ${described}; return true, or { retryAfter } in milliseconds`,
    ]);
    expect(await store.load("Counter", "visits")).toBeNull();
  });

  test("of creations shows the first state of the rest, and refuses their events with a 429", async () => {
    const { clock, limit } = shared(1, 2);
    const routes = app({
      limit: (context, demand) => demand.kind === "create" ? limit(context, demand) : true,
    });
    const page = await open(routes, "scope=Counter:a&scope=Counter:b&scope=Counter:c");
    const revs = [];
    for (let count = 0; count < 3; count++) revs.push((await page.next()).data.rev);
    await page.close();
    expect(revs.toSorted()).toEqual([0, 1, 1]);
    const response = await post(routes, counterMessage({ instance: "d" }));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await store.load("Counter", "d")).toBeNull();
    clock.time += 1_000;
    expect((await post(routes, counterMessage({ instance: "d" }))).status).toBe(200);
  });
});

describe("20 streams of 100 instances each", () => {
  test("are stopped by a bucket after the first, and 100 instances are stored at most", async () => {
    const routes = app({ limit: shared(10, 200).limit });
    const statuses = [];
    for (let request = 0; request < 20; request++) {
      const response = await routes.request(
        `/nasc/stream?${
          hundred.replaceAll("c", `${request}c`).replaceAll(`s${request}cope`, "scope")
        }`,
      );
      statuses.push(response.status);
      await response.body?.cancel();
    }
    expect(statuses).toEqual([200, ...Array(19).fill(429)]);
    let stored = 0;
    for await (const _entry of store.list("Counter")) stored++;
    expect(stored).toBeLessThanOrEqual(100);
  });
});
