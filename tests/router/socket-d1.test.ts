import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { stateTag } from "../../src/processor/state-tag.ts";
import { TestSocket } from "../support/test-socket.ts";
import { twoWorkers } from "../support/two-workers.ts";

const harness = twoWorkers(new URL("./socket-d1-worker.ts", import.meta.url));
let url: URL;
beforeAll(async () => {
  ({ url } = await harness.listen());
});
afterAll(() => harness.close());

/** Sends an event to the second Worker, another isolate than that of the sockets. */
async function elsewhere(instance: string, payload: number): Promise<void> {
  const response = await harness.getWorker("second").fetch("http://second/nasc/event", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "Counter", instance, event: "add", payload }),
  });
  expect(response.status).toBe(200);
}

async function open(id: string, have = "") {
  const socket = await TestSocket.open(`${url.origin}/nasc/ws`);
  onTestFinished(() => socket.close());
  const hello = await socket.next();
  socket.say({ open: [{ scope: `Counter:${id}`, have }] });
  return { socket, token: hello.stream, first: await socket.next() };
}

test("over D1, a socket of one Worker shows what events over it and in another Worker have made", async () => {
  const { socket, token, first } = await open("both");
  expect(first).toMatchObject({ action: "snapshot", state: { count: 0 } });
  const about = { protocol: 2, type: "Counter", instance: "both", event: "add", stream: token };
  socket.say({ send: { ...about, payload: 1, eventId: "mine" } });
  const said = [await socket.next(), await socket.next()];
  expect(said.find(({ answer }) => answer).answer).toMatchObject({ eventId: "mine", ok: true });
  expect(said.find(({ action }) => action)).toMatchObject({ instance: "both", rev: 2 });
  await elsewhere("both", 5);
  const { action, rev } = await socket.next();
  expect([["patch", "snapshot"].includes(action), rev]).toEqual([true, 3]);
});

test("over D1, a socket that comes back gets what another Worker has changed meanwhile", async () => {
  const { socket, first: { epoch, rev, state } } = await open("away");
  socket.close();
  await elsewhere("away", 7);
  const { first } = await open("away", `${epoch}.${rev}.${stateTag(state)}`);
  expect([first.rev, JSON.stringify(first).includes("7")]).toEqual([rev + 1, true]);
});

test("over D1, fifty sockets that come and go leave the one that stays as it was", async () => {
  const { socket } = await open("busy");
  await Promise.all(Array.from({ length: 50 }, async () => {
    const passing = await open("busy");
    passing.socket.close();
    await passing.socket.closed();
  }));
  await elsewhere("busy", 1);
  expect(await socket.next()).toMatchObject({ instance: "busy", rev: 2 });
});
