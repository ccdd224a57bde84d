import { expect, test } from "vitest";
import { turn } from "./manual-network.ts";
import { accepted, mounted, posting } from "./posting.ts";
import { counter, streaming } from "./streaming.ts";
import { eventAnswer, mountAnswer, one, snapshot, texts } from "./support.ts";

test("without a stream, every instance is mounted by an event", async () => {
  const { requests } = await posting();
  expect(requests.map(({ url, message }) => [url, message.type, message.instance, message.event]))
    .toEqual([
      ["/nasc/event", "Counter", "c", "mount"],
      ["/nasc/event", "Counter", "d", "mount"],
    ]);
  await requests[0]!.answer(mountAnswer("Counter:c", { n: 1 }, 1));
  expect(texts("b, u")).toEqual(["1", "?"]);
  const { method, headers, credentials } = requests[0]!.init;
  expect([method, headers, credentials])
    .toEqual(["POST", { "content-type": "application/json" }, "include"]);
});

test("without a stream, a page that has missed changes of others requests the whole state", async () => {
  const { requests, connection } = await mounted();
  const outcome = connection.send("Counter", "c", "add");
  await turn();
  await requests[0]!.answer(accepted(9));
  expect(one("b").textContent).toBe("1");
  expect(requests[1]!.message.event).toBe("mount");
  await requests[1]!.answer(mountAnswer("Counter:c", { n: 10 }, 10));
  expect(await outcome).toEqual({ ok: true });
  expect(one("b").textContent).toBe("10");
});

test("an instance with an empty state is mounted once", async () => {
  const { requests, connection } = await posting();
  await requests[0]!.answer(mountAnswer("Counter:c", {}, 1));
  expect(connection.state("Counter", "c")).toEqual({});
  connection.send("Counter", "c", "add");
  await turn();
  await requests[2]!.answer(accepted(2));
  expect(requests).toHaveLength(3);
  expect(one("b").textContent).toBe("2");
});

test("if no stream opens, each instance is mounted by an event and refusals are shown", async () => {
  const { streams, requests } = streaming();
  await streams[0]!.break();
  expect(requests.map(({ message }) => `${message.event} ${message.type}:${message.instance}`))
    .toEqual([`mount ${counter}`, "mount User:a:b"]);
  await requests[1]!.answer(mountAnswer("User:a:b", { n: 3 }, 3));
  await requests[0]!.answer({
    title: "Not found",
    status: 404,
    patches: [{ action: "error", code: "unknown-type", message: "There is no type Counter" }],
  }, { status: 404 });
  expect(texts("b, u, i")).toEqual(["?", "There is no type Counter", "3"]);
});

test("while nothing gets through but events, an event after missed changes of others requests the whole state", async () => {
  const { streams, requests, clock, connection } = streaming();
  await streams[0]!.break();
  await clock.fire(1_000);
  await streams[1]!.break();
  await requests[2]!.fail();
  await requests[0]!.answer(mountAnswer(counter, { n: 1 }, 1));
  await requests[1]!.answer(mountAnswer("User:a:b", { n: 1 }, 1));
  const events = () => requests.filter(({ message }) => message);
  expect(events()).toHaveLength(2);
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await events()[2]!.answer(eventAnswer(counter, { n: 5 }, 5));
  for (let failure = 0; failure < 3; failure++) {
    await clock.fire(10_000);
    await streams.at(-1)!.break();
    if (!requests.at(-1)!.message) await requests.at(-1)!.fail();
  }
  expect([streams.length, events().length]).toEqual([5, 4]);
  expect(events()[3]!.message).toMatchObject({ type: "Counter", event: "mount", rev: 1 });
  await events()[3]!.answer(mountAnswer(counter, { n: 6 }, 6));
  expect([await outcome, texts("b")]).toEqual([{ ok: true }, ["6"]]);
});

test("an event that waits for the stream when it breaks requests the whole state", async () => {
  const { streams, requests, connection } = streaming();
  streams[0]!.send(snapshot(counter, { n: 1 }, 1));
  streams[0]!.send(snapshot("User:a:b", { n: 1 }, 1));
  const outcome = connection.send("Counter", "my list&é", "add");
  await turn();
  await requests[0]!.answer(eventAnswer(counter, { n: 5 }, 5));
  expect(requests).toHaveLength(1);
  await streams[0]!.break();
  expect(requests.map(({ message }) => message.event)).toEqual(["add", "mount"]);
  // The server lost everything: whatever it has now is the state.
  await requests[1]!.answer(mountAnswer(counter, { n: 0 }, 1));
  expect([await outcome, texts("b")]).toEqual([{ ok: true }, ["0"]]);
});

test("a snapshot of the stream prevails over the late answer to a mount", async () => {
  const { streams, requests, clock } = streaming();
  await streams[0]!.break();
  await clock.fire(1_000);
  streams[1]!.send(snapshot(counter, { n: 9 }, 9));
  await requests[0]!.answer(mountAnswer(counter, { n: 8 }, 8));
  expect(one("b").textContent).toBe("9");
});
