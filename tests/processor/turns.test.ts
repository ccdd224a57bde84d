import { expect, test } from "vitest";
import { Turns } from "../../src/processor/turns.ts";
import { SteppedClock } from "../support/clock.ts";

/** Turns on one instance, and what has begun. */
function line() {
  const clock = new SteppedClock();
  const turns = new Turns();
  const begun: string[] = [];
  const lost: string[] = [];
  return {
    clock,
    begun,
    lost,
    /** Takes a turn that lasts this long, by a clock that never fires if its request is cancelled. */
    run(name: string, lasts: number, until = Infinity, waiting = clock): Promise<void> {
      return turns.run("a", async (turn) => {
        begun.push(name);
        turn.until = clock.now() + until;
        await new Promise<void>((resolve) => void clock.setTimeout(resolve, lasts));
        if (turn.isLost) lost.push(name);
      }, { clock: waiting });
    },
  };
}

/** The clock of a request that the platform cancels as soon as it waits: nothing of it goes on. */
class CancelledClock extends SteppedClock {
  override setTimeout(): object {
    throw new Error("cancelled");
  }
}

test("a turn lasts until its event ends, however long that takes", async () => {
  const { clock, begun, run } = line();
  void run("slow", 60_000);
  void run("next", 0);
  await clock.advance(59_999);
  expect(begun).toEqual(["slow"]);
  await clock.advance(1);
  expect(begun).toEqual(["slow", "next"]);
});

test("a turn that has not ended by its time is lost to the next, and those after it keep their order", async () => {
  const { clock, begun, lost, run } = line();
  void run("dead", 90_000, 5_000);
  for (const name of ["b", "c", "d"]) void run(name, 1_000);
  await clock.advance(4_999);
  expect(begun).toEqual(["dead"]);
  await clock.advance(1);
  expect(begun).toEqual(["dead", "b"]);
  await clock.advance(2_000);
  expect(begun).toEqual(["dead", "b", "c", "d"]);
  await clock.advance(90_000);
  expect(lost).toEqual(["dead"]);
  void run("e", 0);
  await clock.advance(0);
  expect(begun).toEqual(["dead", "b", "c", "d", "e"]);
});

test("a turn that its event prolongs is waited for longer", async () => {
  const clock = new SteppedClock();
  const turns = new Turns();
  const begun: number[] = [];
  void turns.run("a", (turn) => {
    turn.until = 1_000;
    clock.setTimeout(() => turn.until = 3_000, 500);
    return new Promise(() => {});
  }, { clock });
  void turns.run("a", () => Promise.resolve(begun.push(clock.now())), { clock });
  await clock.advance(5_000);
  expect(begun).toEqual([3_000]);
});

test("turns that are cancelled while they wait hold the others for two seconds at most, all together", async () => {
  const { clock, begun, run } = line();
  void run("first", 2_000, 5_000);
  const cancelled = Array.from(
    { length: 20 },
    (_, index) => run(`cancelled ${index}`, 0, 5_000, new CancelledClock()),
  );
  void run("second", 500);
  void run("third", 500);
  await Promise.allSettled(cancelled);
  await clock.advance(1_999);
  expect(begun).toEqual(["first"]);
  await clock.advance(1_001);
  expect(begun).toEqual(["first", "second"]);
  await clock.advance(500);
  expect(begun).toEqual(["first", "second", "third"]);
});

test("turns of different instances do not wait for each other", async () => {
  const clock = new SteppedClock();
  const turns = new Turns();
  void turns.run("a", () => new Promise(() => {}), { clock });
  expect(await turns.run("b", () => Promise.resolve("b"), { clock })).toBe("b");
});

test("a turn whose event fails rejects for its caller, and the next one begins", async () => {
  const clock = new SteppedClock();
  const turns = new Turns();
  const failed = turns.run("a", () => Promise.reject(new Error("no")), { clock });
  const next = turns.run("a", () => Promise.resolve("next"), { clock });
  await expect(failed).rejects.toThrow("no");
  expect(await next).toBe("next");
  expect(clock.waiting).toBe(0);
});
