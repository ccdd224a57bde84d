import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestHarness } from "wrangler";
import { counterMessage } from "../support/counter.ts";

// The oldest may not let a request resolve a promise that another awaits; the newest cancels and tells.
describe.for([["2024-09-23", []], ["2026-10-01", ["enable_request_signal"]]] as const)(
  "on Workers of %s",
  ([compatibility_date, compatibility_flags]) => {
    const root = new URL("./", import.meta.url);
    const harness = createTestHarness({
      root: fileURLToPath(root),
      workers: [
        {
          config: {
            name: "events",
            main: fileURLToPath(new URL("cancelled-worker.ts", root)),
            compatibility_date,
            compatibility_flags: [...compatibility_flags],
            d1_databases: [{ binding: "DB", database_name: "DB", database_id: "DB" }],
          },
        },
        {
          config: {
            name: "sender",
            main: fileURLToPath(new URL("cancelling-worker.ts", root)),
            compatibility_date,
            services: [{ binding: "EVENTS", service: "events" }],
          },
        },
      ],
    });
    beforeAll(() => harness.listen());
    afterAll(() => harness.close());

    async function post(
      message: object,
      path = "/nasc/event",
      worker: "events" | "sender" = "events",
    ): Promise<unknown> {
      const response = await harness.getWorker(worker).fetch(`http://worker.test${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(message),
      });
      return await response.json();
    }

    async function notes(): Promise<Record<"begun" | "errors", string[]> & { seen: unknown[] }> {
      return await (await harness.getWorker("events").fetch("http://worker.test/notes"))
        .json() as never;
    }

    function add(instance: string, name: string, lasts = 0): object {
      return counterMessage({ instance, payload: { name: `${instance} ${name}`, lasts } });
    }

    test("events of different requests wait for each other, and each runs once", async () => {
      await post({ ...add("four", ""), event: "mount" });
      const answers = await Promise.all(
        ["a", "b", "c", "d"].map((name) => post(add("four", name, 400), "/bare")),
      );
      const values = answers.map((answer) => (answer as { value: number }[])[0]!.value);
      expect(values.sort()).toEqual([1, 2, 3, 4]);
      expect((await notes()).begun.filter((name) => name.startsWith("four"))).toHaveLength(4);
    });

    test("requests that are cancelled midway hold their instance no longer than the deadlines", async () => {
      await post({ ...add("held", ""), event: "mount" });
      const messages = {
        hanging: add("held", "hanging", 60_000),
        waiting: add("held", "waiting"),
        next: add("held", "next"),
      };
      const answer = await post(messages, "/", "sender");
      expect(answer).toMatchObject({
        senders: ["AbortError", "AbortError"],
        patches: [{ prop: "count", value: 1 }],
      });
      const { begun, errors } = await notes();
      expect(begun.filter((name) => name.startsWith("held"))).toEqual([
        "held hanging",
        "held next",
      ]);
      // It was cancelled, and not given up by itself.
      expect(errors).toEqual([]);
      // The deadlines are two seconds, and the second turn that was cancelled adds two at most; the handler takes 60.
      const { took } = answer as { took: number };
      expect(took).toBeGreaterThan(1_500);
      expect(took).toBeLessThan(20_000);
      expect(await post(add("held", "last"))).toMatchObject({ ok: true, rev: 3 });
    });

    test("work that goes on after an answer finds a signal that has not aborted", async () => {
      const later = counterMessage({ instance: "later", event: "later" });
      await post({ ...later, event: "mount" });
      expect(await post(later)).toMatchObject({ ok: true });
      await vi.waitFor(async () => expect((await notes()).seen).toEqual([{ isAborted: false }]));
    });
  },
);
