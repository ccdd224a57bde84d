import { expect, test } from "vitest";
import { SerialQueue } from "../../src/shared/serial.ts";

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
