import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test, vi } from "vitest";
import type { Access, NascOptions } from "../../src/router/mod.ts";
import { SteppedClock } from "../support/clock.ts";
import { counterMessage } from "../support/counter.ts";
import { countingHub, open, send, update } from "./support-stream.ts";
import { app } from "./support.ts";

const minute = 60_000;
const three = "scope=Counter:a&scope=Counter:b&scope=Counter:c";

/** Returns an app whose time the test lets pass, and what it asked and reported. */
function watched(options: Partial<NascOptions> = {}) {
  const clock = new SteppedClock();
  const errors: unknown[] = [];
  const routes = app({ clock, onError: (error) => errors.push(error), ...options });
  return { clock, errors, routes };
}

/** Returns a watched app that allows a stream, and holds the answer whenever it is asked again. */
function heldUp() {
  const held: ((allowed: boolean) => void)[] = [];
  let asked = 0;
  const app = watched({
    authorize(_, { event }) {
      if (event !== "mount" || asked++ === 0) return true;
      return new Promise((resolve) => held.push(resolve));
    },
  });
  return { ...app, held, asked: () => asked };
}

/** Returns an app that does not show the instances of a set, and notes for which it was asked. */
function choosy(options: Partial<NascOptions> = {}) {
  const refused = new Set<string | undefined>();
  const asked: (string | undefined)[] = [];
  const authorize = (_: Context, { id, event }: Access) => {
    if (event !== "mount") return true;
    asked.push(id);
    return !refused.has(id);
  };
  return { ...watched({ authorize, ...options }), refused, asked };
}

/** Returns the last frame of a counter that may not be seen any longer. */
function refusal(instance: string, code = "forbidden", message = "You may not do this"): object {
  const data = {
    type: "Counter",
    instance,
    rev: 0,
    patches: [{ action: "error", code, message, type: "Counter", instance }],
  };
  return { event: "message", data };
}

describe("a stream asks again what may be seen", () => {
  test("an instance that is refused by then gets a last frame that says why, and the others go on", async () => {
    const { clock, routes, refused, asked } = choosy();
    const page = await open(routes, three);
    for (let scope = 0; scope < 3; scope++) await page.next();
    refused.add("b");
    clock.pass(minute - 1);
    await send(routes, counterMessage({ instance: "a" }));
    expect((await page.next()).data).toEqual(update(1, 2, "a"));
    expect(asked).toEqual(["a", "b", "c"]);
    clock.pass(1);
    expect(await page.next()).toEqual(refusal("b"));
    refused.clear();
    await send(routes, counterMessage({ instance: "b" }));
    await send(routes, counterMessage({ instance: "c" }));
    expect((await page.next()).data).toEqual(update(1, 2, "c"));
    clock.pass(minute);
    await vi.waitFor(() => expect(asked).toHaveLength(8));
    expect(asked.slice(3)).toEqual(["a", "b", "c", "a", "c"]);
    await page.close();
    await vi.waitFor(() => expect(clock.dues).toEqual([]));
  });

  test("a stream that may show nothing any longer says so and ends", async () => {
    const { hub, listening } = countingHub();
    const { clock, routes, refused } = choosy({ hub, reauthorize: 500 });
    const page = await open(routes, "scope=Counter:a&scope=Counter:b");
    await page.next();
    await page.next();
    refused.add("a").add("b");
    clock.pass(500);
    expect(await page.rest()).toEqual([
      refusal("a"),
      refusal("b"),
      { event: "end", data: undefined },
    ]);
    expect([listening(), clock.dues]).toEqual([0, []]);
  });

  test("what the app answers itself is the reason", async () => {
    const answers: [unknown, string, string][] = [
      [new Response("?", { status: 401 }), "unauthorized", "Sign in first"],
      [new HTTPException(403, { message: "Not on Sundays" }), "forbidden", "Not on Sundays"],
    ];
    for (const [answer, code, message] of answers) {
      let refuses = false;
      const { clock, routes } = watched({
        authorize() {
          if (!refuses) return true;
          if (answer instanceof Response) return answer;
          throw answer;
        },
      });
      const page = await open(routes);
      await page.next();
      refuses = true;
      clock.pass(minute);
      expect(await page.next()).toEqual(refusal("visits", code, message));
    }
  });

  test("what refuses for now lets the page ask when to come back, and takes nothing from it", async () => {
    for (const status of [429, 500, 503]) {
      let refuses = false;
      const { clock, errors, routes } = watched({
        authorize: (_, { id }) => id !== "b" || !refuses || new Response(null, { status }),
      });
      const page = await open(routes, three);
      for (let scope = 0; scope < 3; scope++) await page.next();
      refuses = true;
      clock.pass(minute);
      expect(await page.rest()).toEqual([{ event: "reopen", data: undefined }]);
      expect(errors).toEqual([]);
    }
  });

  test("news that a slow reader has not taken are not sent once it is refused", async () => {
    const { clock, routes, refused, asked } = choosy();
    const page = await open(routes, three);
    for (let event = 1; event <= 20; event++) {
      for (const instance of ["a", "b"]) await send(routes, counterMessage({ instance }));
    }
    refused.add("a");
    clock.pass(minute);
    await vi.waitFor(() => expect(asked).toHaveLength(6));
    await send(routes, counterMessage({ instance: "a", payload: 1000 }));
    const seen: { instance: string; rev: number }[] = [];
    for (let last = { instance: "", rev: 0 }; last.instance !== "b" || last.rev < 21;) {
      last = (await page.next()).data;
      seen.push(last);
    }
    const ofA = seen.filter(({ instance }) => instance === "a");
    expect(ofA.at(-1)).toEqual((refusal("a") as { data: object }).data);
    // What was in the pipe already is all that it gets: snapshots, at most.
    expect(ofA.slice(0, -1).every(({ rev }) => rev === 1)).toBe(true);
  });

  const mistakes: [string, () => unknown][] = [
    ["throws", () => {
      throw new Error("the session store is down");
    }],
    ["rejects", () => Promise.reject(new Error("the session store is down"))],
    ["returns what is no answer", () => undefined],
    ["returns another truth", () => 1],
  ];
  test.for(mistakes)(
    "a stream ends when authorize %s, and shows nothing that comes after",
    async ([, answer]) => {
      let asked = 0;
      const { clock, errors, routes } = watched({
        authorize: (_, { id, event }) =>
          event === "mount" && id === "b" && asked++ > 0 ? answer() as boolean : true,
      });
      const page = await open(routes, three);
      for (let scope = 0; scope < 3; scope++) await page.next();
      clock.pass(minute);
      await vi.waitFor(() => expect(errors).toHaveLength(1));
      await send(routes, counterMessage({ instance: "a" }));
      expect(await page.rest()).toEqual([]);
      expect([errors.length, clock.dues]).toEqual([1, []]);
    },
  );

  test("an answer that does not come holds up no news, and ends the stream when the next is due", async () => {
    const { clock, errors, routes, held, asked } = heldUp();
    const page = await open(routes);
    await page.next();
    clock.pass(minute);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    await send(routes, counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
    clock.pass(minute - 1);
    await send(routes, counterMessage());
    expect((await page.next()).data).toEqual(update(2, 3));
    clock.pass(1);
    expect(await page.rest()).toEqual([]);
    expect(errors).toMatchObject([{
      message: "Cannot reach user and authorize: no answer within 60000 ms; " +
        "raise reauthorize if it is that slow",
    }]);
    for (const resolve of held) resolve(true);
    await send(routes, counterMessage());
    expect([held.length, asked(), clock.dues]).toEqual([1, 2, []]);
  });

  test("an answer that comes late, but in time, is heard, and the next is asked for after it", async () => {
    const { clock, routes, held } = heldUp();
    const page = await open(routes);
    await page.next();
    clock.pass(minute);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    clock.pass(minute - 1);
    held[0]!(true);
    await vi.waitFor(() => expect(clock.dues).toContain(minute));
    clock.pass(minute);
    await vi.waitFor(() => expect(held).toHaveLength(2));
    held[1]!(false);
    expect(await page.rest()).toEqual([refusal("visits"), { event: "end", data: undefined }]);
  });

  test("nothing is asked again where there is nobody to ask, or reauthorize is Infinity", async () => {
    const authorize = vi.fn(() => true);
    for (const options of [{}, { authorize, reauthorize: Infinity }, { authorize: "everyone" }]) {
      const { clock, routes } = watched({ ...options as NascOptions, maxStreamAge: Infinity });
      const page = await open(routes);
      await page.next();
      await vi.waitFor(() => expect(clock.dues).toEqual([15_000]));
      await page.close();
    }
    expect(authorize).toHaveBeenCalledTimes(1);
  });
});

describe("a stream asks again whose it is", () => {
  const others: [string, unknown][] = [
    ["another user", { id: "bob" }],
    ["nobody", undefined],
    ["a user without an id", {}],
  ];
  test.for(others)("a stream ends, so that its page opens one as %s", async ([, other]) => {
    let user: unknown = { id: "ann" };
    const { clock, errors, routes } = watched({ user: () => user });
    const page = await open(routes);
    await page.next();
    user = other;
    clock.pass(minute);
    await vi.waitFor(() => expect(clock.dues).toEqual([]));
    await send(routes, counterMessage());
    expect(await page.rest()).toEqual([{ event: "reopen", data: undefined }]);
    expect(errors).toEqual([]);
  });

  test("a user who is made anew for each request stays the same by their key", async () => {
    // Of such an id no hash is made, which would take its own time.
    const user = vi.fn(() => ({ id: "ann", at: {} }));
    const identify = (user: unknown) => (user as { id: string }).id;
    const { clock, routes } = watched({ user, identify });
    const page = await open(routes);
    await page.next();
    for (let round = 2; round < 5; round++) {
      clock.pass(minute);
      await vi.waitFor(() => expect(user).toHaveBeenCalledTimes(round));
      await vi.waitFor(() => expect(clock.dues).toContain(minute));
    }
    user.mockReturnValue({ id: "bob", at: {} });
    clock.pass(minute);
    expect(await page.rest()).toEqual([{ event: "reopen", data: undefined }]);
  });

  test("a session store that fails ends the stream, and a refusal lets the page ask for the reason", async () => {
    const failures: [Error, object[]][] = [
      [new Error("the session store is down"), []],
      [new HTTPException(401), [{ event: "reopen", data: undefined }]],
    ];
    for (const [failure, last] of failures) {
      let isDown = false;
      const { clock, errors, routes } = watched({
        user() {
          if (isDown) throw failure;
          return "ann";
        },
      });
      const page = await open(routes);
      await page.next();
      isDown = true;
      clock.pass(minute);
      expect(await page.rest()).toEqual(last);
      expect(errors).toEqual(last.length === 0 ? [failure] : []);
    }
  });

  test("what is asked again sees the request as it was, and may renew a cookie in vain", async () => {
    const seen: unknown[] = [];
    const { clock, errors, routes } = watched({
      user(context) {
        seen.push([
          context.req.header("cookie"),
          context.req.query("scope"),
          context.req.path,
          context.get("requestId" as never),
        ]);
        setCookie(context, "session", "renewed");
        return context.req.header("cookie");
      },
    });
    const page = await open(routes);
    await page.next();
    for (let round = 2; round < 4; round++) {
      clock.pass(minute);
      await vi.waitFor(() => expect(seen).toHaveLength(round));
      await vi.waitFor(() => expect(clock.dues).toContain(minute));
    }
    expect(seen[0]).toEqual([undefined, "Counter:visits", "/nasc/stream", undefined]);
    expect(seen.slice(1)).toEqual([seen[0], seen[0]]);
    expect(errors).toEqual([]);
    await page.close();
  });
});

describe("a stream that is old", () => {
  test.for<[number | undefined, number, number]>([
    [undefined, 0, 54],
    [undefined, 0.5, 60],
    [10 * minute, 0.75, 10.5],
  ])("of %s ms, with the jitter %s, ends after %s minutes, to be opened again", async (
    [maxStreamAge, random, minutes],
  ) => {
    const { clock, routes } = watched({
      random: () => random,
      ...(maxStreamAge && { maxStreamAge }),
      heartbeat: 100 * minute,
    });
    const page = await open(routes);
    await page.next();
    await vi.waitFor(() => expect(clock.dues[0]).toBe(minutes * minute));
    clock.pass(minutes * minute - 1);
    await send(routes, counterMessage());
    expect((await page.next()).data).toEqual(update(1, 2));
    clock.pass(1);
    expect(await page.rest()).toEqual([{ event: "reopen", data: undefined }]);
    expect(clock.dues).toEqual([]);
  });

  test("does not wait for an answer of authorize", async () => {
    const { clock, routes } = watched({
      authorize: () => true,
      random: () => 0.5,
      maxStreamAge: 1.5 * minute,
    });
    const page = await open(routes);
    await page.next();
    clock.pass(minute);
    await vi.waitFor(() => expect(clock.dues).toContain(0.5 * minute));
    clock.pass(0.5 * minute);
    expect(await page.rest()).toEqual([{ event: "reopen", data: undefined }]);
  });
});
