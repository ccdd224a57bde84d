import { describe, expect, test } from "vitest";
import { createProcessor, type Handlers, MemoryStore } from "../../mod.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

describe("an eventId", () => {
  test.for<[string, () => Parameters<typeof createProcessor>[1]]>([
    ["an adapter", () => new MemoryStore()],
    ["a map", () => new Map()],
  ])("sent twice is applied once on %s", async ([, open]) => {
    const process = createProcessor(counterHandlers, open());
    await process(counterMessage({ event: "mount" }));
    const answers = [
      await process(counterMessage({ eventId: "x" })),
      await process(counterMessage({ eventId: "x" })),
    ];
    expect(answers[0]).toEqual(answers[1]);
    expect(await process(counterMessage({ event: "mount" }))).toMatchObject([{ value: 1 }]);
  });

  test("belongs to one instance, so another may have the same", async () => {
    const process = createProcessor(counterHandlers, new MemoryStore());
    for (const instance of ["a", "b"]) {
      await process(counterMessage({ instance, event: "mount" }));
      expect(await process(counterMessage({ instance, eventId: "x" }))).toMatchObject([{
        instance,
        value: 1,
      }]);
    }
  });

  test("leaves a small receipt however large the document, and a repeat returns what is there now", async () => {
    const store = new MemoryStore();
    const list: Handlers = {
      List: {
        mount: () => ({
          items: Array.from({ length: 1000 }, (_, id) => ({ id, title: "x".repeat(50) })),
          open: true,
        }),
        first: (title, state) => ({ ...state, items: state.items.with(0, { id: 0, title }) }),
      },
    };
    const process = createProcessor(list, store);
    const message = { type: "List", instance: "a" };
    await process({ ...message, event: "mount" });
    const first = await process({ ...message, event: "first", payload: "once", eventId: "x" });
    expect(await process({ ...message, event: "first", payload: "once", eventId: "x" })).toEqual(
      [...first, expect.objectContaining({ prop: "open", value: true, rev: 2 })],
    );
    const { metadata } = (await store.get("List", "a"))!;
    expect(JSON.stringify(metadata).length).toBeLessThan(500);
    await process({ ...message, event: "first", payload: "later" });
    expect(await process({ ...message, event: "first", payload: "once", eventId: "x" }))
      .toMatchObject([{
        prop: "items",
        rev: 3,
        value: expect.arrayContaining([{ id: 0, title: "later" }]),
      }, { prop: "open", value: true, rev: 3 }]);
  });

  test("is forgotten after `receiptTtl`", async () => {
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    const process = createProcessor(counterHandlers, new MemoryStore(), {
      clock,
      receiptTtl: 1000,
    });
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ eventId: "x" }));
    now = 1000;
    expect(await process(counterMessage({ eventId: "x" }))).toMatchObject([{ value: 1 }]);
    now = 1001;
    expect(await process(counterMessage({ eventId: "x" }))).toMatchObject([{ value: 2 }]);
  });
});
