import { describe, expect, test } from "vitest";
import {
  createProcessor,
  type EventReport,
  type Handlers,
  MemoryStore,
  type Message,
  NascError,
  type ProcessContext,
  type ProcessorOptions,
} from "../../mod.ts";
import { type EventSpan, logEvents, traceEvents } from "../../src/router/mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

const handlers: Handlers = {
  ...counterHandlers,
  Note: {
    refuse() {
      throw new NascError("no-text", "Write something");
    },
    fail() {
      throw new Error("secret");
    },
    same: (_payload, state) => state,
  },
};

function watch(options: ProcessorOptions = {}, store = new MemoryStore()) {
  const reports: EventReport[] = [];
  const errors: unknown[] = [];
  const process = createProcessor(handlers, store, {
    onEvent: (report) => void reports.push(report),
    onError: (error) => void errors.push(error),
    ...options,
  });
  return { process, reports, errors, store };
}

describe("onEvent receives", () => {
  test("an event that was applied, with its bytes and its user", async () => {
    const { process, reports } = watch();
    const patches = await process(counterMessage({ payload: 2, eventId: "e1" }), { user: "ada" });
    expect(reports).toEqual([{
      eventId: "e1",
      type: "Counter",
      id: "visits",
      event: "add",
      user: "ada",
      rev: 1,
      outcome: "applied",
      code: undefined,
      attempts: 1,
      conflicts: 0,
      bytes: JSON.stringify(patches).length,
      timings: {
        start: expect.any(Number),
        waiting: expect.any(Number),
        handling: expect.any(Number),
        total: expect.any(Number),
      },
    }]);
  });

  test.for<[what: string, message: object, report: Partial<EventReport>, context?: ProcessContext]>(
    [
      ["a mount", counterMessage({ event: "mount" }), {
        event: "mount",
        outcome: "applied",
        rev: 1,
      }],
      ["one that changed nothing", { instance: "Note:a", event: "same" }, {
        outcome: "applied",
        rev: 1,
      }],
      ["a refusal", { instance: "Note:a", event: "refuse" }, {
        outcome: "refused",
        code: "no-text",
        attempts: 1,
        rev: undefined,
      }],
      ["a mistake", { instance: "Note:a", event: "fail" }, { outcome: "failed", code: "internal" }],
      ["one that there is not", { instance: "Note:a", event: "none" }, {
        event: "none",
        outcome: "refused",
        code: "unknown-event",
        attempts: 0,
      }],
      ["one that cannot be read", { event: 5 }, {
        type: undefined,
        id: undefined,
        event: undefined,
        user: "ada",
        outcome: "refused",
        code: "invalid-message",
      }, { user: "ada" }],
      ["one of a wrong context", counterMessage(), { outcome: "failed", code: "internal" }, {
        usr: "ada",
      } as ProcessContext],
    ],
  )("%s", async ([, message, report, context]) => {
    const { process, reports } = watch();
    const [patch] = await process(message as Message, context);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject(report);
    if (patch?.action === "error") expect(patch.eventId).toBe(reports[0]!.eventId);
  });

  test("an event that changed nothing, and one that was sent again", async () => {
    const { process, reports } = watch();
    await process(counterMessage({ eventId: "e1" }));
    await process(counterMessage({ eventId: "e1" }));
    await process(counterMessage({ payload: 0 }));
    await process(counterMessage({ event: "mount" }));
    expect(reports.map(({ outcome, rev }) => [outcome, rev])).toEqual([
      ["applied", 1],
      ["repeated", 1],
      ["unchanged", 1],
      ["unchanged", 1],
    ]);
  });

  test("how often an event was run, and how often another came first", async () => {
    const store = new MemoryStore();
    const first = watch({}, store);
    const others = Array.from({ length: 5 }, () => watch({}, store));
    await Promise.all([first, ...others].map(({ process }) => process(counterMessage())));
    const reports = [first, ...others].flatMap(({ reports }) => reports);
    expect(reports).toHaveLength(6);
    for (const { attempts, conflicts } of reports) expect(conflicts).toBe(attempts - 1);
    expect(Math.max(...reports.map(({ attempts }) => attempts))).toBeGreaterThan(1);
  });

  test("how long an event waited for its turn, and how long its handler ran", async () => {
    const clock = new SteppedClock();
    const reports: EventReport[] = [];
    const sleep = (milliseconds: number) =>
      new Promise<void>((resolve) => void clock.setTimeout(resolve, milliseconds));
    const process = createProcessor(
      {
        Slow: {
          async run(milliseconds: number, state: object, context) {
            // Both at once.
            await Promise.all([
              sleep(milliseconds),
              context.update("Slow", "other", async (other) => (await sleep(milliseconds), other)),
            ]);
            return { ...state, milliseconds };
          },
        },
      },
      new MemoryStore(),
      { clock, onEvent: (report) => void reports.push(report) },
    );
    const run = { type: "Slow", instance: "a", event: "run" };
    const both = [process({ ...run, payload: 300 }), process({ ...run, payload: 200 })];
    await clock.advance(1_000);
    await Promise.all(both);
    expect(reports.map(({ timings }) => timings)).toEqual([
      { start: 0, waiting: 0, handling: 300, total: 300 },
      { start: 0, waiting: 300, handling: 200, total: 500 },
    ]);
  });

  test.for<[what: string, onEvent: () => unknown]>([
    ["throws", () => {
      throw new Error("no disk");
    }],
    ["rejects", () => Promise.reject(new Error("no disk"))],
  ])("and where it %s, onError hears of it and nothing ends", async ([, onEvent]) => {
    const { process, errors, store } = watch({ onEvent: onEvent as () => void });
    expect(await process(counterMessage())).toMatchObject([{ prop: "count", value: 1 }]);
    await Promise.resolve();
    expect(errors).toEqual([new Error("no disk")]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  });
});

const report: EventReport = {
  eventId: "e1",
  type: "Board",
  id: "b",
  event: "add",
  user: { password: "secret" },
  rev: 8,
  outcome: "applied",
  code: undefined,
  attempts: 2,
  conflicts: 1,
  bytes: 141,
  timings: { start: 1_000, waiting: 2, handling: 3, total: 12 },
};
const failed: EventReport = { ...report, rev: undefined, outcome: "failed", code: "internal" };
const unread: EventReport = {
  ...failed,
  type: undefined,
  id: undefined,
  event: undefined,
  outcome: "refused",
  code: "invalid-message",
  attempts: 0,
  conflicts: 0,
};

test("logEvents logs a line for each event, without its user", () => {
  const lines: string[] = [];
  const onEvent = logEvents({ log: (line) => void lines.push(line) });
  for (const each of [report, failed, unread]) onEvent(each);
  expect(lines).toEqual([
    "Board/b add: applied, rev 8, 2 attempts, 1 conflicts, 141 B, 12 ms (2 waiting, 3 handling), e1",
    "Board/b add: failed (internal), 2 attempts, 1 conflicts, 141 B, 12 ms (2 waiting, 3 handling), e1",
    "a message that cannot be read: refused (invalid-message), 141 B, 12 ms (2 waiting, 3 handling), e1",
  ]);
});

test("traceEvents makes spans as OpenTelemetry has them, without its user", () => {
  const spans: EventSpan[] = [];
  const onEvent = traceEvents((span) => void spans.push(span));
  for (const each of [report, failed, unread]) onEvent(each);
  const attributes = {
    "rian.event_id": "e1",
    "rian.type": "Board",
    "rian.instance": "b",
    "rian.event": "add",
    "rian.outcome": "applied",
    "rian.attempts": 2,
    "rian.conflicts": 1,
    "rian.bytes": 141,
    "rian.waiting_ms": 2,
    "rian.handling_ms": 3,
  };
  const time = { kind: 0, startTime: 1_000, endTime: 1_012 };
  expect(spans).toEqual([
    {
      ...time,
      name: "Board.add",
      attributes: { ...attributes, "rian.rev": 8 },
      status: { code: 0 },
    },
    {
      ...time,
      name: "Board.add",
      attributes: { ...attributes, "rian.outcome": "failed", "error.type": "internal" },
      status: { code: 2, message: "internal" },
    },
    expect.objectContaining({ name: "unreadable message", status: { code: 0 } }),
  ]);
});
