import { describe, expect, test } from "vitest";
import { type Demand, tokenBucket } from "../../src/router/mod.ts";

const demand: Demand = { kind: "event", count: 1, type: "Counter", id: "visits", user: undefined };

/** A bucket of each name, and a clock that stands still until a test moves it. */
function buckets(rate: number, burst: number) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const limit = tokenBucket({ rate, burst, clock, key: (_context, { user }) => user as string });
  const take = (user: unknown, count = 1) => limit({} as never, { ...demand, user, count });
  return { clock, take };
}

describe("a token bucket", () => {
  test("gives so many at once, and then one after each interval", () => {
    const { clock, take } = buckets(4, 3);
    expect([take("ada"), take("ada"), take("ada")]).toEqual([true, true, true]);
    expect(take("ada")).toEqual({ retryAfter: 250 });
    clock.time += 249;
    expect(take("ada")).toEqual({ retryAfter: 1 });
    clock.time += 1;
    expect([take("ada"), take("ada")]).toEqual([true, { retryAfter: 250 }]);
  });

  test("holds no more than its burst, however long nobody takes", () => {
    const { clock, take } = buckets(10, 2);
    take("ada");
    clock.time += 3_600_000;
    expect([take("ada"), take("ada"), take("ada")]).toEqual([true, true, { retryAfter: 100 }]);
  });

  test("takes nothing for what it refuses", () => {
    const { clock, take } = buckets(1, 1);
    take("ada");
    for (let times = 0; times < 100; times++) expect(take("ada")).toEqual({ retryAfter: 1_000 });
    clock.time += 1_000;
    expect(take("ada")).toBe(true);
  });

  test("is of one owner", () => {
    const { take } = buckets(1, 1);
    expect([take("ada"), take("bob"), take("ada"), take("__proto__"), take("__proto__")])
      .toEqual([true, true, { retryAfter: 1_000 }, true, { retryAfter: 1_000 }]);
  });

  test("gives all that a stream needs, or nothing", () => {
    const { clock, take } = buckets(10, 50);
    expect([take("ada", 30), take("ada", 30)]).toEqual([true, { retryAfter: 1_000 }]);
    expect(take("ada", 20)).toBe(true);
    clock.time += 3_000;
    expect(take("ada", 30)).toBe(true);
  });

  test("serves what is more than it holds when it is full, and is owed the rest", () => {
    const { clock, take } = buckets(10, 50);
    expect(take("ada", 100)).toBe(true);
    expect(take("ada")).toEqual({ retryAfter: 5_100 });
    expect(take("ada", 100)).toEqual({ retryAfter: 10_000 });
    clock.time += 10_000;
    expect(take("ada", 100)).toBe(true);
  });

  test("does not stay empty until a clock that was set back has caught up", () => {
    const { clock, take } = buckets(1, 1);
    take("ada");
    clock.time -= 100;
    expect(take("ada")).toEqual({ retryAfter: 1_100 });
    clock.time -= 3_600_000;
    expect([take("ada"), take("ada")]).toEqual([true, { retryAfter: 1_000 }]);
  });

  test("that is empty is not forgotten for 100,000 newcomers", () => {
    const { take } = buckets(0.001, 2);
    take("mallory");
    take("mallory");
    for (let count = 0; count < 100_000; count++) expect(take(`n${count}`)).toBe(true);
    expect(take("mallory")).toEqual({ retryAfter: 1_000_000 });
  });

  test("refuses newcomers while 10,000 others are empty, and takes them in as those fill", () => {
    const { clock, take } = buckets(1, 1);
    for (let count = 0; count < 10_000; count++) expect(take(`n${count}`)).toBe(true);
    expect([take("late"), take("later")]).toEqual([{ retryAfter: 1_000 }, { retryAfter: 1_000 }]);
    expect(take("n0")).toEqual({ retryAfter: 1_000 });
    clock.time += 999;
    expect(take("late")).toEqual({ retryAfter: 1 });
    clock.time += 1;
    expect([take("late"), take("later"), take("n9999")]).toEqual([true, true, true]);
  });

  test.for<[unknown, string]>([
    [undefined, "undefined"],
    [null, "null"],
    [7, "7"],
    [Promise.resolve("ada"), "a value of type Promise"],
  ])("of %o is an error that says what to return", ([user, described]) => {
    expect(() => buckets(1, 1).take(user)).toThrow(
      new TypeError(
        `Cannot limit a request: key returned ${described}; return a text, such as the id of the user`,
      ),
    );
  });

  test.for<[options: object | undefined, problem: string]>([
    [undefined, "options is undefined; pass an object"],
    [{ burst: 1, key: String }, "rate is undefined; pass tokens a second, a number above 0"],
    [{ rate: 0, burst: 1, key: String }, "rate is 0; pass tokens a second, a number above 0"],
    [{ rate: 1, burst: 0.5, key: String }, "burst is 0.5; pass tokens, a number from 1 up"],
    [
      { rate: 1, burst: Infinity, key: String },
      "burst is Infinity; pass tokens, a number from 1 up",
    ],
    [
      { rate: 1, burst: 1 },
      "key is undefined; pass a function that returns whose bucket it is, such as the id of the user",
    ],
    [
      { rate: 1, burst: 1, key: String, window: 5 },
      "window is not an option; use rate, burst, key, clock",
    ],
  ])("cannot be made of %o", ([options, problem]) => {
    expect(() => tokenBucket(options as never))
      .toThrow(new TypeError(`Cannot make a token bucket: ${problem}`));
  });
});
