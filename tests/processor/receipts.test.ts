import { describe, expect, test } from "vitest";
import { createProcessor, type Handlers, MemoryStore } from "../../mod.ts";
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
      first,
    );
    for await (const receipt of store.list("_nasc_receipt")) {
      expect(JSON.stringify(receipt).length).toBeLessThan(500);
    }
    await process({ ...message, event: "first", payload: "later" });
    expect(await process({ ...message, event: "first", payload: "once", eventId: "x" }))
      .toMatchObject([{
        prop: "items",
        rev: 3,
        value: expect.arrayContaining([{ id: 0, title: "later" }]),
      }]);
  });

  test("is forgotten after `receiptTtl`", async () => {
    let now = 0;
    const store = new MemoryStore({ clock: { now: () => now } });
    const process = createProcessor(counterHandlers, store, { receiptTtl: 1000 });
    await process(counterMessage({ event: "mount" }));
    await process(counterMessage({ eventId: "x" }));
    now = 1001;
    expect(await process(counterMessage({ eventId: "x" }))).toMatchObject([{ value: 2 }]);
  });
});
