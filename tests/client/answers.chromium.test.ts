import { type Answer, connect, type Message, type StreamListener } from "rian/client";
import { expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import { hear } from "./hear.ts";
import { turn } from "./manual-network.ts";
import { accepted, mounted, page } from "./posting.ts";
import {
  emptyAnswer,
  eventAnswer,
  one,
  open,
  patch,
  refusal,
  render,
  snapshot,
  texts,
} from "./support.ts";

test("429 and 5xx are repeated when they say, with the same id", async () => {
  const { requests, clock, connection } = await mounted(0);
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  const statuses = [[503, "7"], [429, "2"], [503], [500], [502], [504, "1"], [599]] as const;
  for (const [status, after] of statuses) {
    await requests.at(-1)!.answer("<h1>No</h1>", {
      status,
      headers: after ? { "retry-after": after } : {},
    });
    expect(clock.delays).toEqual([Number(after ?? 0) * 1000]);
    await clock.fire();
  }
  await requests.at(-1)!.answer(accepted(2));
  expect(await outcome).toEqual({ ok: true });
  expect(requests).toHaveLength(statuses.length + 1);
  expect(new Set(requests.map(({ message }) => message.eventId)).size).toBe(1);
  expect(texts("b, i")).toEqual(["2", ""]);
});

test("every other HTTP answer is final, and the events behind it go", async () => {
  const { requests, clock, connection } = await mounted();
  const statuses = [400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 421, 422, 425, 431, 451];
  const outcomes = statuses.map((status) => connection.send("Counter", "c", "add", status));
  for (const [index, status] of statuses.entries()) {
    await turn();
    expect(requests.at(-1)!.message.payload).toBe(status);
    await requests.at(-1)!.answer("<h1>No</h1>", { status, headers: { "retry-after": "1" } });
    expect(await outcomes[index]).toMatchObject({ ok: false, error: { code: `http-${status}` } });
    expect(one("i").textContent).toBe(`The server answered ${status}`);
  }
  expect([requests.length, clock.delays]).toEqual([statuses.length, []]);
});

test("a Retry-After of a day holds the events up for a minute", async () => {
  for (const day of ["86400", "Fri, 02 Jan 1970 00:00:00 GMT", "1e99"]) {
    const { requests, clock, connection } = await mounted(0);
    connection.send("Counter", "c", "add");
    await turn();
    await requests[0]!.answer("", { status: 503, headers: { "retry-after": day } });
    expect(clock.delays).toEqual([60_000]);
    connection.close();
  }
});

const elsewhere: readonly [string, string, ResponseInit][] = [
  ["a login form", "<form>Sign in</form>", {
    status: 200,
    headers: { "content-type": "text/html" },
  }],
  ["a redirect to a login", "", { status: 302, headers: { location: "/login" } }],
  ["JSON of something else", `{"patches":[]}`, { status: 200 }],
  ["JSON that is no object", "7", { status: 200 }],
];

test.for(elsewhere)(
  "%s in place of an answer is told as such, by a DOM event that the page can act on",
  async ([, body, init]) => {
    const { requests, connection } = await mounted();
    const heard = hear("na:refused");
    const outcome = connection.send("Counter", "c", "add");
    await turn();
    expect(requests[0]!.init.redirect).toBe("manual");
    await requests[0]!.answer(body, init);
    expect(await outcome).toMatchObject({ ok: false, error: { code: "other-page" } });
    expect(heard).toEqual(["p other-page"]);
    expect(texts("b, i")).toEqual([
      "1",
      "Another page came instead of an answer; sign in again, or reload",
    ]);
  },
);

test("a refused event is told at the element that sent it, and bubbles", async () => {
  const { requests } = await mounted();
  const heard = hear("na:refused");
  await userEvent.click(one("button"));
  await requests[0]!.answer({ code: "no", detail: "No" }, { status: 422 });
  expect(heard).toEqual(["button no"]);
});

const taken = { email: "This is already taken" };
const constraints: readonly [string, object][] = [
  ["a patch", {
    patches: [{ action: "error", code: "constraint", message: "Taken", fields: taken }],
  }],
  ["problem details alone", { code: "constraint", detail: "Taken", fields: taken }],
];

test.for(constraints)(
  "a constraint is shown at its field, from %s, and the next event goes",
  async ([, body]) => {
    const { requests, connection } = await mounted();
    one("i").insertAdjacentHTML("afterend", `<s na-error="email"></s>`);
    const outcomes = [1, 2].map((n) => connection.send("Counter", "c", "save", n));
    await turn();
    await requests[0]!.answer({ status: 409, ...body }, { status: 409 });
    expect(await outcomes[0]).toMatchObject({ error: { code: "constraint", fields: taken } });
    expect(texts("i, s")).toEqual(["Taken", "This is already taken"]);
    await requests[1]!.answer(accepted(2));
    expect(await outcomes[1]).toEqual({ ok: true });
    expect([requests.length, texts("b, i, s")]).toEqual([2, ["2", "", ""]]);
  },
);

test("a problem document is shown in its own words", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer(
    { type: "about:blank", title: "Forbidden", status: 403, detail: "You may not do this" },
    { status: 403, headers: { "content-type": "application/problem+json" } },
  );
  expect((await outcome).ok).toBe(false);
  expect(one("i").textContent).toBe("You may not do this");
});

test("an event that changed nothing requests nothing more", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer(emptyAnswer(1));
  expect(await outcome).toEqual({ ok: true });
  expect(requests).toHaveLength(1);
});

test("an answer older than the page changes nothing", async () => {
  render(page);
  const answers: ((answer: Answer) => void)[] = [];
  let listener: StreamListener;
  using connection = connect({
    transport: {
      send: (_: Message) => new Promise((resolve) => answers.push(resolve)),
      follow(_, given) {
        listener = given;
        return { reopen() {}, close() {} };
      },
    },
  });
  listener!.frame(snapshot("Counter:c", { n: 1 }, 1));
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  listener!.frame(patch("Counter:c", { n: 2 }, 2));
  listener!.frame(patch("Counter:c", { n: 3 }, 3));
  answers[0]!(eventAnswer("Counter:c", { n: 2 }, 2));
  expect(await outcome).toEqual({ ok: true });
  expect(one("b").textContent).toBe("3");
  listener!.frame(patch("Counter:c", { n: 2 }, 2));
  expect(one("b").textContent).toBe("3");
});

test("an error that the page's own listener throws stops nothing", async () => {
  const reported: unknown[] = [];
  const report = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.message);
  };
  addEventListener("error", report);
  const fail = () => {
    throw new Error("mine");
  };
  const connection = open(page, {
    send: () => Promise.resolve(refusal("no", "No")),
    follow: (_, listener) => {
      listener.frame(snapshot("Counter:c", { n: 1 }, 1));
      return { reopen() {}, close() {} };
    },
  }, { onPatches: fail, onError: fail });
  expect((await connection.send("Counter", "c", "add")).ok).toBe(false);
  await turn();
  removeEventListener("error", report);
  expect(texts("b, i")).toEqual(["1", "No"]);
  expect(reported).toHaveLength(2);
});
