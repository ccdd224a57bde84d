import { describe, expect, test } from "vitest";
import { createProcessor, type Handlers, MemoryHub, MemoryStore, Ramify } from "../../mod.ts";
import { counterHandlers, counterMessage, errorCode } from "../support/counter.ts";
import { plainStore } from "../support/plain-store.ts";

const silent = { onError: () => {} };

describe("a store", () => {
  test("with only load and persist runs the events of one instance one by one", async () => {
    const data = new Map<string, unknown>();
    const persisted: unknown[] = [];
    const store = {
      load: async (type: string, id: string) => structuredClone(data.get(`${type}/${id}`) ?? null),
      persist: async (type: string, id: string, diff: Record<string, unknown>, full: unknown) => {
        persisted.push(diff);
        data.set(`${type}/${id}`, structuredClone(full));
      },
    };
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    const answers = await Promise.all(Array.from({ length: 100 }, () => process(counterMessage())));
    expect(await store.load("Counter", "visits")).toEqual({ count: 100 });
    expect(persisted.at(-1)).toEqual({ count: 100 });
    expect(answers.at(-1)).toMatchObject([{ rev: 101 }]);
  });

  test("with only load and persist refuses to change two instances together", async () => {
    const handlers: Handlers = {
      Counter: {
        mount: () => ({ count: 0 }),
        both: async (_payload, state, context) => {
          await context.update("Counter", "other", () => ({ count: 1 }));
          return { count: state.count + 1 };
        },
      },
    };
    const data = new Map<string, unknown>();
    const process = createProcessor(handlers, data, silent);
    await process(counterMessage({ event: "mount" }));
    expect(errorCode(await process(counterMessage({ event: "both" })))).toBe("internal");
    expect([...data.values()]).toEqual([{ count: 0 }]);
  });

  test("with load, persist and transactions of its own is no Ramify db", async () => {
    const data = new Map<string, unknown>();
    const store = { ...plainStore(data), transaction: (work: () => unknown) => work() };
    const process = createProcessor(counterHandlers, store);
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
    expect(data.get("Counter/visits")).toEqual({ count: 1 });
  });

  test("that is a Ramify db may have a collection called source", async () => {
    const db = new Ramify().createStore({
      source: { primaryKey: "id" },
      Counter: { primaryKey: "id" },
    });
    const hub = new MemoryHub();
    const heard: unknown[] = [];
    hub.subscribe(db, { type: "Counter", id: "visits" }, (news) => {
      if (news.kind === "change") heard.push(news.rev);
    });
    const mount = () => ({ id: "visits", count: 0 });
    const process = createProcessor(
      { Counter: { ...counterHandlers["Counter"], mount } },
      db,
      { hub },
    );
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
    expect(heard).toEqual([1, 2]);
  });

  test("that is a map keeps instances apart whose joined names are the same", async () => {
    const type = 'User","a';
    const handlers = { [type]: counterHandlers.Counter!, "User": counterHandlers.Counter! };
    const process = createProcessor(handlers, new Map());
    await process({ type, instance: "b", event: "mount" });
    await process({ type, instance: "b", event: "add", payload: 5 });
    const other = await process({ type: "User", instance: 'a","b', event: "mount" });
    expect(other).toMatchObject([{ value: 0 }]);
  });

  test("without compare-and-set is refused unless lastWriteWins is set", async () => {
    const memory = new MemoryStore();
    const kv = Object.create(memory, {
      name: { value: "Workers KV" },
      capabilities: { value: { ...memory.capabilities, conditional: "none" } },
      get: { value: memory.get.bind(memory) },
      commit: { value: memory.commit.bind(memory) },
    }) as MemoryStore;
    expect(() => createProcessor(counterHandlers, kv)).toThrow(
      /Workers KV.*D1 or a Durable Object/,
    );
    const process = createProcessor(counterHandlers, kv, { lastWriteWins: true });
    await process(counterMessage({ event: "mount" }));
    expect(await process(counterMessage())).toMatchObject([{ value: 1 }]);
  });
});
