import { expect, test } from "vitest";
import { createProcessor, type Delay, type Handlers, Turns } from "../../mod.ts";
import { counterMessage } from "../support/counter.ts";

/** A timer that ends when it is told to. */
class Timer {
  readonly #waiting: (() => void)[] = [];

  readonly delay: Delay = (_milliseconds, signal) =>
    new Promise((resolve) => {
      this.#waiting.push(resolve);
      signal?.addEventListener("abort", () => resolve());
    });

  get waiting(): number {
    return this.#waiting.length;
  }

  ring(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A task that ends when it is told to, and the order in which tasks began. */
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

/** Lets everything happen that needs no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await undefined;
}

test("tasks with one key run one by one in the order they came; those of another key do not wait", async () => {
  const [task, begun, end] = tasks();
  const turns = new Turns();
  const runs = [turns.run("a", task("a1")), turns.run("a", task("a2")), turns.run("b", task("b1"))];
  await settle();
  expect(begun).toEqual(["a1", "b1"]);
  end["a1"]!();
  await settle();
  expect(begun).toEqual(["a1", "b1", "a2"]);
  end["a2"]!();
  end["b1"]!();
  await Promise.all(runs);
});

test("a task that fails lets the next one run, and its caller hears of it", async () => {
  const turns = new Turns();
  const failed = turns.run("a", () => Promise.reject(new Error("no")));
  const next = turns.run("a", () => Promise.resolve("next"));
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("next");
});

test("who waits with patience goes ahead once nothing has moved for that long", async () => {
  const [task, begun, end] = tasks();
  const timer = new Timer();
  const turns = new Turns({ delay: timer.delay });
  void turns.run("a", task("dead"));
  const second = turns.run("a", task("second"), { patience: 1000 });
  await settle();
  timer.ring();
  await settle();
  expect(begun).toEqual(["dead", "second"]);
  end["second"]!();
  await second;
  expect(await turns.run("a", () => Promise.resolve("third"), { patience: 1000 })).toBe("third");
});

test("who waits with patience goes on waiting while others make progress", async () => {
  const [task, begun, end] = tasks();
  const timer = new Timer();
  const turns = new Turns({ delay: timer.delay });
  const runs = ["a1", "a2", "a3"].map((name) => turns.run("a", task(name), { patience: 1000 }));
  await settle();
  end["a1"]!();
  await settle();
  timer.ring();
  await settle();
  expect(begun).toEqual(["a1", "a2"]);
  end["a2"]!();
  await settle();
  end["a3"]!();
  await Promise.all(runs);
  expect(begun).toEqual(["a1", "a2", "a3"]);
});

test("who waits without patience waits for as long as it takes", async () => {
  const [task, begun] = tasks();
  const timer = new Timer();
  const turns = new Turns({ delay: timer.delay });
  void turns.run("a", task("slow"));
  void turns.run("a", task("patient"));
  await settle();
  expect(timer.waiting).toBe(0);
  expect(begun).toEqual(["slow"]);
});

test("an event of a plain store is never overtaken, however long another takes", async () => {
  const timer = new Timer();
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
  const process = createProcessor(handlers, data, { delay: timer.delay });
  await process(counterMessage({ event: "mount" }));
  const both = [process(counterMessage({ payload: 1 })), process(counterMessage({ payload: 10 }))];
  await settle();
  timer.ring();
  await settle();
  release();
  await Promise.all(both);
  expect([...data.values()]).toEqual([{ count: 11 }]);
});
