import { describe, expect, test, vi } from "vitest";
import type { Handlers } from "../../mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { app, post } from "./support.ts";

const never = () => new Promise<never>(() => {});

const job = { type: "Job", instance: "a" };

/** The events of a job, and a function that resolves once one that never ends has begun. */
function jobHandlers(events: Handlers[string] = {}): [Handlers, hangs: () => Promise<void>] {
  const hang = vi.fn(never);
  return [{
    Job: { mount: () => ({ runs: 0 }), hang, run: (_, state) => state, ...events },
    Slow: { mount: hang },
  }, () => vi.waitFor(() => expect(hang).toHaveBeenCalled())];
}

describe("a handler that never ends", () => {
  test("is a 503 that says when to come back, and the next event of the instance runs", async () => {
    const clock = new SteppedClock();
    const [handlers, hangs] = jobHandlers();
    const routes = app({ handlers, clock });
    await post(routes, { ...job, event: "mount" });
    const hanging = post(routes, { ...job, event: "hang", eventId: "e1" });
    const next = post(routes, { ...job, event: "run" });
    await hangs();
    await clock.advance(10_000);
    const response = await hanging;
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await response.json()).toMatchObject({
      title: "Service Unavailable",
      code: "timeout",
      eventId: "e1",
      detail: "This took too long, and nothing was changed; it is safe to send this again",
      patches: [{ action: "error", code: "timeout" }],
    });
    expect((await next).status).toBe(200);
  });

  test("is given up after the handlerTimeout of the options", async () => {
    const clock = new SteppedClock();
    const [handlers, hangs] = jobHandlers();
    const routes = app({ handlers, clock, handlerTimeout: 50 });
    await post(routes, { ...job, event: "mount" });
    const hanging = post(routes, { ...job, event: "hang" });
    await hangs();
    await clock.advance(50);
    expect((await hanging).status).toBe(503);
  });

  test("holds an array of messages once: those after it are refused unrun, and may be sent again", async () => {
    const clock = new SteppedClock();
    const [handlers, hangs] = jobHandlers();
    const routes = app({ handlers, clock });
    await post(routes, { ...job, event: "mount" });
    const events = ["run", "hang", "hang", "run"];
    const response = post(routes, [
      ...events.map((event, index) => ({ ...job, event, eventId: `e${index}` })),
      { type: 5 },
    ]);
    await hangs();
    await clock.advance(10_000);
    expect(await (await response).json()).toMatchObject([
      { ok: true, eventId: "e0" },
      { status: 503, code: "timeout", eventId: "e1" },
      { status: 503, code: "timeout", eventId: "e2" },
      { status: 503, code: "timeout", eventId: "e3", detail: expect.stringContaining("not run") },
      { status: 400, code: "invalid-message" },
    ]);
  });

  test("in a mount holds a stream no longer, and the instances beside it are shown", async () => {
    const clock = new SteppedClock();
    const [handlers, hangs] = jobHandlers();
    const routes = app({ handlers, clock });
    const opening = Promise.resolve(routes.request("/nasc/stream?scope=Slow:a&scope=Job:a"));
    await hangs();
    await clock.advance(10_000);
    const response = await opening;
    expect(response.status).toBe(200);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes('"Job"')) text += (await reader.read()).value;
    expect(text).toContain('"code":"timeout"');
    await reader.cancel();
  });
});

test("a request whose sender leaves has a context.signal of its own, which says nothing of that", async () => {
  const clock = new SteppedClock();
  const gone = new AbortController();
  const signals: AbortSignal[] = [];
  const [handlers] = jobHandlers({
    run(_payload, state, { signal }) {
      signals.push(signal);
      gone.abort();
      return { runs: state.runs + 1 };
    },
  });
  const routes = app({ clock, handlers });
  await post(routes, { ...job, event: "mount" });
  const request = new Request("http://rian.test/nasc/event", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...job, event: "run" }),
    signal: gone.signal,
  });
  const response = await routes.request(request);
  expect(await response.json()).toMatchObject({ ok: true, patches: [{ value: 1 }] });
  expect(signals.map((signal) => signal.aborted)).toEqual([false]);
});
