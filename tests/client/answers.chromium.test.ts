import { type Answer, connect, type Message } from "rian/client";
import { expect, test } from "vitest";
import { turn } from "./manual-network.ts";
import { mounted, page } from "./posting.ts";
import { frame, one, open, refusal, render, texts, updates } from "./support.ts";

test("every HTTP answer is final, except 429 and 503, after which the event is sent again when they say", async () => {
  const { requests, clock, connection } = await mounted(0);
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  for (const [status, after] of [[503, "7"], [429, "2"], [503, undefined]] as const) {
    await requests.at(-1)!.answer("", { status, headers: after ? { "retry-after": after } : {} });
    expect(clock.delays).toEqual([Number(after ?? 0) * 1000]);
    await clock.fire();
  }
  await requests.at(-1)!.answer("<h1>Bad gateway</h1>", { status: 502 });
  expect(await outcome).toMatchObject({ ok: false, error: { code: "http-502" } });
  expect(requests).toHaveLength(4);
  expect(new Set(requests.map(({ message }) => message.eventId)).size).toBe(1);
  expect(one("i").textContent).toBe("The server answered 502");
});

test("an HTML page from a login or a proxy does not count as the answer to an event", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer("<form>Sign in</form>", { status: 200 });
  expect(await outcome).toMatchObject({ ok: false });
  expect(one("b").textContent).toBe("1");
});

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
  await requests[0]!.answer({ ok: true, rev: 1, patches: [] });
  expect(await outcome).toEqual({ ok: true });
  expect(requests).toHaveLength(1);
});

test("an answer older than the page changes nothing", async () => {
  render(page);
  const answers: ((answer: Answer) => void)[] = [];
  let listener: Parameters<NonNullable<import("rian/client").Transport["follow"]>>[1];
  using connection = connect({
    transport: {
      send: (_: Message) => new Promise((resolve) => answers.push(resolve)),
      follow(_, given) {
        listener = given;
        return () => {};
      },
    },
  });
  listener!.snapshot(frame("Counter:c", { n: 1 }, 1));
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  listener!.message(frame("Counter:c", { n: 2 }, 2));
  listener!.message(frame("Counter:c", { n: 3 }, 3));
  answers[0]!({ ok: true, rev: 2, patches: updates("Counter:c", { n: 2 }, 2) });
  expect(await outcome).toEqual({ ok: true });
  expect(one("b").textContent).toBe("3");
  listener!.message(frame("Counter:c", { n: 2 }, 2));
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
      listener.snapshot(frame("Counter:c", { n: 1 }, 1));
      return () => {};
    },
  }, { onPatches: fail, onError: fail });
  expect((await connection.send("Counter", "c", "add")).ok).toBe(false);
  await turn();
  removeEventListener("error", report);
  expect(texts("b, i")).toEqual(["1", "No"]);
  expect(reported).toHaveLength(2);
});
