import { expect, test } from "vitest";
import type { Store } from "../../mod.ts";
import { Engine } from "../../src/processor/engine.ts";
import { ProcessMemory } from "../../src/processor/process-memory.ts";
import { HandClock } from "../support/clock.ts";
import { counterHandlers, counterMessage } from "../support/counter.ts";

test("a write of one tenant that was given up holds its own instance, and none of another's", async () => {
  const memory = new ProcessMemory();
  const clock = new HandClock();
  const started: string[] = [];
  let isStuck = false;
  function tenant(source: string): Engine {
    const states = new Map<string, unknown>();
    const store: Store = {
      source,
      load: async (_type, id) => structuredClone(states.get(id) ?? null),
      persist: async (_type, id, _diff, full) => {
        started.push(source);
        if (isStuck && source === "a") await new Promise(() => {});
        states.set(id, full);
      },
    };
    return new Engine(counterHandlers, store, { memory, clock, onError: () => {} });
  }
  async function ring(answer: Promise<unknown>): Promise<void> {
    let isOver = false;
    void answer.finally(() => isOver = true);
    while (!isOver) {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      clock.ring();
    }
  }
  const [a, b] = [tenant("a"), tenant("b")];
  for (const engine of [a, b]) await engine.run(counterMessage({ event: "mount" }));
  isStuck = true;
  started.length = 0;
  const first = a.run(counterMessage({ eventId: "x" }));
  await ring(first);
  expect(await first).toMatchObject({ ok: false, error: { code: "unavailable" } });
  expect(await b.run(counterMessage({ eventId: "x" }))).toMatchObject({ ok: true, rev: 2 });
  expect(started).toEqual(["a", "b"]);
  const again = a.run(counterMessage({ eventId: "x" }));
  await ring(again);
  expect(await again).toMatchObject({ ok: false, error: { code: "unavailable" } });
  expect(started).toEqual(["a", "b"]);
});
