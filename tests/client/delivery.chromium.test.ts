import { expect, test } from "vitest";
import type { Answer, Message } from "rian/client";
import { frame, one, open, refusal, render, texts, updates } from "./support.ts";
import { manualFetch, ManualTimers, turn } from "./support-wire.ts";
import { connect } from "rian/client";

const page = `<p na-scope="c" na-type="Counter"><b na-bind="n">?</b><i na-error></i>
  <button na-click="add">add</button></p><p na-scope="d" na-type="Counter"><u na-bind="n">?</u></p>`;

async function posting(random = 0.5) {
  const timers = new ManualTimers();
  const { fetch, requests } = manualFetch();
  const connection = open(page, "post", { fetch, timers, random: () => random });
  await turn();
  return { timers, requests, connection };
}

function accepted(n: number, rev = n): object {
  return { ok: true, eventId: "e", rev, patches: updates("Counter:c", { n }, rev) };
}

async function mounted(random?: number) {
  const all = await posting(random);
  await all.requests[0]!.answer(accepted(1));
  await all.requests[1]!.answer({ ...accepted(7), patches: updates("Counter:d", { n: 7 }, 7) });
  all.requests.length = 0;
  return all;
}

test("without a stream every instance is mounted by an event", async () => {
  const { requests } = await posting();
  expect(requests.map(({ url, message }) => [url, message.type, message.instance, message.event]))
    .toEqual([
      ["/nasc/event", "Counter", "c", "mount"],
      ["/nasc/event", "Counter", "d", "mount"],
    ]);
  await requests[0]!.answer(accepted(1));
  expect(texts("b, u")).toEqual(["1", "?"]);
  const { method, headers, credentials } = requests[0]!.init;
  expect([method, headers, credentials])
    .toEqual(["POST", { "content-type": "application/json" }, "same-origin"]);
});

test("events to one instance are sent in order, one at a time, and do not wait for other instances", async () => {
  const { requests, connection } = await mounted();
  connection.send("Counter", "c", "add", { by: 1 });
  connection.send("Counter", "c", "add", { by: 2 });
  connection.send("Counter", "d", "add", { by: 3 });
  await turn();
  expect(requests.map(({ message }) => message.payload)).toEqual([{ by: 1 }, { by: 3 }]);
  await requests[0]!.answer(accepted(2));
  expect(requests.map(({ message }) => message.payload)).toEqual([{ by: 1 }, { by: 3 }, { by: 2 }]);
  expect(one("b").textContent).toBe("2");
});

test("each event has an id of its own, and all have the page's client id", async () => {
  const { requests, connection } = await mounted();
  connection.send("Counter", "c", "add");
  connection.send("Counter", "d", "add");
  await turn();
  const [first, second] = requests.map(({ message }) => message);
  expect(first!.eventId).toMatch(/^[\da-f]{8}-/);
  expect(first!.eventId).not.toBe(second!.eventId);
  expect(first!.clientId).toBe(second!.clientId);
  expect(first!.rev).toBe(1);
});

test("ids are made on pages that were loaded over plain HTTP as well", async () => {
  const original = crypto.randomUUID;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    const { requests } = await posting();
    const ids = requests.map(({ message }) => message.eventId!);
    expect(ids[0]).toMatch(/^[\da-f]{32}$/);
    expect(ids[0]).not.toBe(ids[1]);
  } finally {
    Object.defineProperty(crypto, "randomUUID", { value: original, configurable: true });
  }
});

test("an event that the network lost is sent again with the same id after growing, jittered pauses", async () => {
  const { requests, timers, connection } = await mounted(0.5);
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  const pauses: number[] = [];
  for (let attempt = 0; attempt < 9; attempt++) {
    await requests.at(-1)!.fail();
    pauses.push(...timers.delays);
    await timers.fire();
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
  await requests.at(-1)!.answer(accepted(2));
  expect(await outcome).toEqual({ ok: true });
  expect(requests).toHaveLength(10);
  expect(new Set(requests.map(({ init }) => init.body)).size).toBe(1);
  expect(one("b").textContent).toBe("2");
  expect(timers.delays).toEqual([]);
});

test("a request that hangs is given up and sent again", async () => {
  const { requests, timers, connection } = await mounted();
  connection.send("Counter", "c", "add");
  await turn();
  expect(timers.delays).toEqual([30_000]);
  await timers.fire();
  await timers.fire(1_000);
  expect(requests).toHaveLength(2);
  expect(requests[1]!.init.body).toBe(requests[0]!.init.body);
});

test("coming back online ends the pause", async () => {
  const { requests, connection } = await mounted();
  connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.fail();
  expect(requests).toHaveLength(1);
  dispatchEvent(new Event("online"));
  await turn();
  expect(requests).toHaveLength(2);
});

test("an HTTP answer is final, except 429 and 503, which are sent again when they say", async () => {
  const { requests, timers, connection } = await mounted(0);
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  for (const [status, after] of [[503, "7"], [429, "2"], [503, undefined]] as const) {
    await requests.at(-1)!.answer("", { status, headers: after ? { "retry-after": after } : {} });
    expect(timers.delays).toEqual([Number(after ?? 0) * 1000]);
    await timers.fire();
  }
  await requests.at(-1)!.answer("<h1>Bad gateway</h1>", { status: 502 });
  expect(await outcome).toMatchObject({ ok: false, error: { code: "http-502" } });
  expect(requests).toHaveLength(4);
  expect(new Set(requests.map(({ message }) => message.eventId)).size).toBe(1);
  expect(one("i").textContent).toBe("The server answered 502");
});

test("a page from a login form or a proxy is no answer to an event", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer("<form>Sign in</form>", { status: 200 });
  expect(await outcome).toMatchObject({ ok: false });
  expect(one("b").textContent).toBe("1");
});

test("a problem is shown with its own words", async () => {
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

test("the outbox holds 100 events and refuses the next in front of the person", async () => {
  const { requests, connection } = await mounted();
  for (let event = 0; event < 100; event++) connection.send("Counter", "c", "add", { event });
  const refused = await connection.send("Counter", "c", "add");
  expect(refused).toMatchObject({ ok: false, error: { code: "outbox-full" } });
  expect(one("i").textContent).toBe(
    "Cannot send add: 100 events are waiting for the connection; try again when it is back",
  );
  for (let event = 0; event < 100; event++) {
    expect(requests[event]!.message.payload).toEqual({ event });
    await requests[event]!.answer(accepted(event + 2));
  }
  expect(requests).toHaveLength(100);
  expect(texts("b, i")).toEqual(["101", ""]);
});

test("without a stream, a page that has missed changes of others asks for the whole state", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer(accepted(9));
  expect(one("b").textContent).toBe("1");
  expect(requests[1]!.message.event).toBe("mount");
  await requests[1]!.answer(accepted(10));
  expect(await outcome).toEqual({ ok: true });
  expect(one("b").textContent).toBe("10");
});

test("an instance whose state is empty is mounted as well", async () => {
  const { requests, connection } = await posting();
  await requests[0]!.answer({ ok: true, rev: 1, patches: [] });
  expect(connection.state("Counter", "c")).toEqual({});
  connection.send("Counter", "c", "add");
  await turn();
  await requests[2]!.answer(accepted(2));
  expect(requests).toHaveLength(3);
  expect(one("b").textContent).toBe("2");
});

test("an event that changed nothing asks for nothing more", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer({ ok: true, rev: 1, patches: [] });
  expect(await outcome).toEqual({ ok: true });
  expect(requests).toHaveLength(1);
});

test("an answer that is older than the page changes nothing", async () => {
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

test("closing gives up what waits and listens to nothing any more", async () => {
  const { requests, connection, timers } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.fail();
  connection.close();
  expect(await outcome).toMatchObject({ ok: false, error: { code: "closed" } });
  one("button").click();
  await turn();
  expect(timers.delays).toEqual([]);
  expect(requests).toHaveLength(1);
  expect(one("i").textContent).toBe("");
});

test("what a page's own listener throws stops nothing", async () => {
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
