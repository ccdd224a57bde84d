import { expect, test } from "vitest";
import { createProcessor, type Handlers } from "../../mod.ts";
import { patience } from "../../src/shared/patience.ts";
import { SerialQueue } from "../../src/shared/serial.ts";
import { HandClock } from "../support/clock.ts";
import { counterMessage } from "../support/counter.ts";

/** Returns a maker of tasks, the names of those that have begun, in order, and what ends each of them. */
function tasks(): [
  task: (name: string) => () => Promise<void>,
  begun: string[],
  end: Record<string, () => void>,
] {
  const begun: string[] = [];
  const end: Record<string, () => void> = {};
  const task = (name: string) => () =>
    new Promise<void>((resolve) => {
      begun.push(name);
      end[name] = resolve;
    });
  return [task, begun, end];
}

/** Lets everything happen that waits for no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await undefined;
}

test("tasks with one key run one by one in the order they came, and those of another key do not wait", async () => {
  const [task, begun, end] = tasks();
  const queue = new SerialQueue<string>();
  const runs = [queue.run("a", task("a1")), queue.run("a", task("a2")), queue.run("b", task("b1"))];
  await settle();
  expect(begun).toEqual(["a1", "b1"]);
  end["a1"]!();
  await settle();
  expect(begun).toEqual(["a1", "b1", "a2"]);
  end["a2"]!();
  end["b1"]!();
  await Promise.all(runs);
});

test("a task that fails rejects for its caller, and the next one runs", async () => {
  const queue = new SerialQueue<string>();
  const failed = queue.run("a", () => Promise.reject(new Error("no")));
  const next = queue.run("a", () => Promise.resolve("next"));
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("next");
});

test("a task with patience runs once none has ended for that long", async () => {
  const [task, begun, end] = tasks();
  const clock = new HandClock();
  const queue = new SerialQueue<string>();
  void queue.run("a", task("dead"));
  const second = queue.run("a", task("second"), patience(1000, clock));
  await settle();
  clock.ring();
  await settle();
  expect(begun).toEqual(["dead", "second"]);
  end["second"]!();
  await second;
  expect(await queue.run("a", () => Promise.resolve("third"), patience(1000, clock))).toBe("third");
});

test("a task with patience keeps waiting while those before it make progress", async () => {
  const [task, begun, end] = tasks();
  const clock = new HandClock();
  const queue = new SerialQueue<string>();
  const runs = ["a1", "a2", "a3"].map((name) => queue.run("a", task(name), patience(1000, clock)));
  await settle();
  end["a1"]!();
  await settle();
  clock.ring();
  await settle();
  expect(begun).toEqual(["a1", "a2"]);
  end["a2"]!();
  await settle();
  end["a3"]!();
  await Promise.all(runs);
  expect(begun).toEqual(["a1", "a2", "a3"]);
});

test("a task without patience waits for as long as those before it take", async () => {
  const [task, begun] = tasks();
  const queue = new SerialQueue<string>();
  void queue.run("a", task("slow"));
  void queue.run("a", task("patient"));
  await settle();
  expect(begun).toEqual(["slow"]);
});

test("an event on a plain store never overtakes another, however long that takes", async () => {
  const clock = new HandClock();
  let release: () => void = () => {};
  const handlers: Handlers = {
    Counter: {
      mount: () => ({ count: 0 }),
      async add(amount, state) {
        if (amount === 1) await new Promise<void>((resolve) => release = resolve);
        return { count: state.count + amount };
      },
    },
  };
  const data = new Map<string, unknown>();
  const process = createProcessor(handlers, data, { clock });
  await process(counterMessage({ event: "mount" }));
  const both = [process(counterMessage({ payload: 1 })), process(counterMessage({ payload: 10 }))];
  await settle();
  clock.ring();
  await settle();
  release();
  await Promise.all(both);
  expect([...data.values()]).toEqual([{ count: 11 }]);
});
