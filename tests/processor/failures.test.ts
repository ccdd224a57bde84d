import { describe, expect, test, vi } from "vitest";
import { createProcessor, MemoryStore, NascError } from "../../mod.ts";
import { counterMessage, errorCode } from "../support/counter.ts";

const silent = { onError: () => {} };

describe("a failure", () => {
  test("meant for people reaches the page as it is, with its fields", async () => {
    const fields = { email: "not an address" };
    const handlers = {
      User: {
        save() {
          throw new NascError("invalid-email", "Please enter a valid address", { fields });
        },
      },
    };
    const process = createProcessor(handlers, new MemoryStore());
    await process({ type: "User", instance: "me", event: "mount" });
    expect(await process({ type: "User", instance: "me", event: "save", eventId: "e1" })).toEqual([{
      action: "error",
      code: "invalid-email",
      message: "Please enter a valid address",
      fields,
      eventId: "e1",
      type: "User",
      instance: "me",
    }]);
  });

  test("of any other kind is logged in full, and no word of it reaches the page", async () => {
    const secret = new Error("connect ECONNREFUSED db-7.internal:5432 password=hunter2");
    const handlers = {
      Counter: {
        fail() {
          throw secret;
        },
      },
    };
    const onError = vi.fn();
    const process = createProcessor(handlers, new MemoryStore(), { onError });
    await process(counterMessage({ event: "mount" }));
    const patches = await process(counterMessage({ event: "fail", eventId: "e1" }));
    expect(errorCode(patches)).toBe("internal");
    expect(JSON.stringify(patches)).toContain("e1");
    expect(JSON.stringify(patches)).not.toMatch(/hunter2|internal:5432|at /);
    expect(onError).toHaveBeenCalledWith(secret, {
      eventId: "e1",
      type: "Counter",
      id: "visits",
      event: "fail",
    });
  });

  test("is logged if onError throws or rejects, and neither ends the process", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const lost = new Error("the log is full");
    const handlers = {
      Counter: {
        fail() {
          throw new Error("no");
        },
      },
    };
    for (
      const onError of [() => Promise.reject(lost), () => {
        throw lost;
      }]
    ) {
      const process = createProcessor(handlers, new MemoryStore(), { onError });
      expect(errorCode(await process(counterMessage({ event: "fail" })))).toBe("internal");
    }
    await vi.waitFor(() => expect(log).toHaveBeenCalledTimes(2));
    for (const call of log.mock.calls) expect(call).toContain(lost);
    log.mockRestore();
  });

  test.for<[string, unknown]>([
    ["an array", [1]],
    ["undefined", undefined],
    ["null", null],
    ["a string", "done"],
    ["a state with a function", { run: () => 1 }],
    [
      "a state that contains itself",
      (() => {
        const state: Record<string, unknown> = {};
        return state["self"] = state;
      })(),
    ],
    ["a state with its own __proto__", JSON.parse('{ "__proto__": { "admin": true } }')],
  ])("of a handler that returns %s leaves the state unchanged", async ([, result]) => {
    const store = new MemoryStore();
    const handlers = { Counter: { mount: () => ({ count: 1 }), break: () => result } };
    const process = createProcessor(handlers, store, silent);
    await process(counterMessage({ event: "mount" }));
    expect(errorCode(await process(counterMessage({ event: "break" })))).toBe("internal");
    expect(await store.load("Counter", "visits")).toEqual({ count: 1 });
  });
});
