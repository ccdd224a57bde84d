import { expect, test } from "vitest";
import type { EventReport } from "../../mod.ts";
import { counterMessage } from "../support/counter.ts";
import { app, post } from "./support.ts";

test("onEvent of the router receives what it ran and what it refused before", async () => {
  const reports: EventReport[] = [];
  const options = {
    onEvent: (report: EventReport) => void reports.push(report),
    user: () => "ada",
  };
  const message = { ...counterMessage(), eventId: "e1" };
  await post(app(options), message);
  await post(app({ ...options, authorize: () => false }), message);
  await post(app({ ...options, limit: () => ({ retryAfter: 1 }) }), message);
  await post(app(options), [message, { event: "add" }, counterMessage({ event: "none" })]);
  const shown = reports.map((
    { id, event, user, outcome, code },
  ) => [id, event, user, outcome, code]);
  expect(shown).toEqual([
    ["visits", "add", "ada", "applied", undefined],
    ["visits", "add", undefined, "refused", "forbidden"],
    ["visits", "add", undefined, "refused", "limited"],
    ["visits", "add", "ada", "repeated", undefined],
    [undefined, undefined, undefined, "refused", "invalid-message"],
    ["visits", "none", "ada", "refused", "unknown-event"],
  ]);
  expect(reports[1]).toMatchObject({ eventId: "e1", type: "Counter", attempts: 0 });
});

test("onEvent of the router receives the mounts of a stream", async () => {
  const reports: EventReport[] = [];
  const options = { onEvent: (report: EventReport) => void reports.push(report) };
  const stream = await app(options).request("http://rian.test/nasc/stream?scope=Counter:visits");
  await stream.body!.cancel();
  expect(reports).toMatchObject([{
    type: "Counter",
    id: "visits",
    event: "mount",
    outcome: "applied",
  }]);
});

test("an onEvent that throws changes no answer", async () => {
  const onEvent = () => {
    throw new Error("no disk");
  };
  expect((await post(app({ onEvent }), counterMessage())).status).toBe(200);
  expect((await post(app({ onEvent, authorize: () => false }), counterMessage())).status).toBe(403);
});
