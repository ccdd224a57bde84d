import { describe, expect, test } from "vitest";
import { createProcessor, type Handlers, MemoryStore, type Patch } from "../../mod.ts";
import { instantClock } from "../support/clock.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";

describe("events that run at once", () => {
  test("lose none of 1,000 increments", async () => {
    const store = new MemoryStore();
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    await Promise.all(Array.from({ length: 1000 }, () => process(counterMessage())));
    expect(await store.load("Counter", "visits")).toEqual({ count: 1000 });
  });

  test("lose none of 1,000 increments through ten processors on one store", async () => {
    const store = new MemoryStore();
    const processes = Array.from({ length: 10 }, () => createProcessor(counterHandlers, store));
    await processes[0]!(counterMessage({ event: "mount" }));
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) => processes[index % 10]!(counterMessage())),
    );
    expect(answers.map(errorCode).filter(Boolean)).toEqual([]);
    expect(await store.load("Counter", "visits")).toEqual({ count: 1000 });
  });

  test("are both kept if they set different properties", async () => {
    const handlers: Handlers = {
      User: {
        mount: () => ({ name: "", email: "" }),
        name: async (name, state) => ({ ...state, name }),
        email: async (email, state) => ({ ...state, email }),
      },
    };
    const store = new MemoryStore();
    const [one, two] = [1, 2].map(() => createProcessor(handlers, store));
    const user = { type: "User", instance: "me" };
    await one!({ ...user, event: "mount" });
    await Promise.all([
      one!({ ...user, event: "name", payload: "Ada" }),
      two!({ ...user, event: "email", payload: "ada@example.com" }),
    ]);
    expect(await store.load("User", "me")).toEqual({ name: "Ada", email: "ada@example.com" });
  });

  test("fail with a conflict and keep nothing if others keep changing the instance", async () => {
    const store = new MemoryStore();
    const handlers: Handlers = {
      Counter: {
        ...counterHandlers.Counter,
        async slow(_payload, state) {
          const { count } = await store.load("Counter", "visits");
          await store.persist("Counter", "visits", {}, { count: count + 1 });
          return { ...state, slow: true };
        },
      },
    };
    const process = createProcessor(handlers, store, {
      attempts: 5,
      clock: instantClock,
    });
    await process(counterMessage({ event: "mount" }));
    const patches: Patch[] = await process(counterMessage({ event: "slow" }));
    expect(errorCode(patches)).toBe("conflict");
    expect(await store.load("Counter", "visits")).toEqual({ count: 5 });
  });
});
