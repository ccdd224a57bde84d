import { expect, test } from "vitest";
import { ObjectAlarm } from "../../src/edge/object-alarm.ts";

const hour = 3_600_000;

/** The alarm of a storage that answers once the test says so, as no real one does on command. */
class SlowStorage {
  time: number | null = null;
  readonly #waiting: (() => void)[] = [];

  getAlarm(): Promise<number | null> {
    const { time } = this;
    return new Promise((resolve) => this.#waiting.push(() => resolve(time)));
  }

  setAlarm(time: number): Promise<void> {
    this.time = time;
    return Promise.resolve();
  }

  async answer(): Promise<void> {
    for (const resolve of this.#waiting.splice(0)) resolve();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

test("an alarm that is set while it is being looked for is not moved to a later time", async () => {
  const storage = new SlowStorage();
  const alarm = new ObjectAlarm(storage);
  alarm.by(hour);
  alarm.by(2 * hour);
  alarm.by(5);
  await storage.answer();
  alarm.by(300);
  await storage.answer();
  expect(storage.time).toBe(5);
});

test("an alarm that somebody has deleted is set again, to the earliest time that is asked for", async () => {
  const storage = new SlowStorage();
  const alarm = new ObjectAlarm(storage);
  alarm.by(5);
  storage.time = null;
  alarm.by(hour);
  alarm.by(2 * hour);
  await storage.answer();
  expect(storage.time).toBe(hour);
});
