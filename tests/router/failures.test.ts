import { describe, expect, test, vi } from "vitest";
import type { NascOptions } from "../../src/router/mod.ts";
import { instantClock } from "../support/clock.ts";
import { counterMessage } from "../support/counter.ts";
import { app, post, store, user } from "./support.ts";

describe("a failure on the way to an event", () => {
  const failing = () => {
    throw new Error("the session store at 10.0.0.8 is down");
  };

  test.for<[string, Partial<NascOptions>]>([
    ["authorize", { authorize: failing }],
    ["user", { user: failing }],
    ["store", { store: failing }],
  ])(
    "in %s is logged in full and answered with the event's id, alone and in an array",
    async ([, options]) => {
      const onError = vi.fn();
      const routes = app({ ...options, onError });
      const message = { ...user, event: "mount", eventId: "e1" };
      const alone = await (await post(routes, message)).json();
      const [inArray] = await (await post(routes, [message])).json();
      expect([alone, inArray]).toMatchObject([{ status: 500, eventId: "e1" }, {
        status: 500,
        eventId: "e1",
      }]);
      expect(JSON.stringify([alone, inArray])).not.toContain("10.0.0.8");
      const logged = [expect.objectContaining({ message: expect.stringContaining("10.0.0.8") }), {
        eventId: "e1",
      }];
      expect(onError.mock.calls).toEqual([logged, logged]);
    },
  );

  test("in the log itself makes no difference to the sender", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const routes = app({ onError: failing });
    await post(routes, { ...user, event: "mount" });
    const response = await post(routes, { ...user, event: "fail" });
    expect([response.status, (await response.json()).code]).toEqual([500, "internal"]);
  });

  test("in the storage is a 503 that says when to come back", async () => {
    const routes = app({ clock: instantClock });
    await post(routes, counterMessage({ event: "mount" }));
    store.commit = () => Promise.reject(new Error("no answer"));
    const response = await post(routes, counterMessage({ eventId: "e1" }));
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
  });
});
