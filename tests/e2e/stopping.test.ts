import { expect, onTestFinished, test } from "vitest";
import { DemoServer, type Platform } from "../support/demo-server.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { readTitles } from "./todo-list.ts";

const endings = [[], ["--write-behind"]].flatMap((flags) =>
  (["SIGTERM", "SIGINT"] as const).map((signal) => ({ flags, signal }))
);
const message = JSON.stringify({
  type: "TodoList",
  instance: "my-list",
  event: "add_todo",
  payload: { title: "the last" },
});
const half = 40;

/** Starts a server with a stream, and begins to send an event. */
async function begin(platform: Platform, flags: readonly string[]) {
  const server = await DemoServer.start(platform, flags);
  onTestFinished(() => server.close());
  const before = await readTitles(server.url);
  const stream = await fetch(`${server.url}/nasc/stream?scope=TodoList:my-list&have=`);
  const { host, port } = new URL(server.url);
  const connection = RawConnection.open(Number(port));
  connection.write(
    `POST /nasc/event HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
      `content-length: ${message.length}\r\n\r\n${message.slice(0, half)}`,
  );
  // An answer over another connection: by then, the server has met the event.
  await readTitles(server.url);
  return { server, before, stream, connection };
}

test.for(endings)(
  "a Node server $flags that $signal meets in the middle of an event ends its streams, and then the event",
  { timeout: 60_000 },
  async ({ flags, signal }) => {
    const { server, before, stream, connection } = await begin("node", flags);
    const restarted = server.restart(signal);
    // The stream ends, so the server has met the signal.
    expect(await stream.text()).toContain('"reopen"');
    connection.write(message.slice(half));
    expect((await connection.read())?.status).toBe(200);
    await restarted;
    expect(await readTitles(server.url)).toEqual([...before, "the last"]);
  },
);

// Deno breaks off a body that is on its way when it stops listening, so nothing can be in the middle there.
test.for(endings)(
  "a Deno server $flags that $signal ends has ended its streams, and keeps what it has answered",
  { timeout: 60_000 },
  async ({ flags, signal }) => {
    const { server, before, stream, connection } = await begin("deno", flags);
    connection.write(message.slice(half));
    expect((await connection.read())?.status).toBe(200);
    const restarted = server.restart(signal);
    expect(await stream.text()).toContain('"reopen"');
    await restarted;
    expect(await readTitles(server.url)).toEqual([...before, "the last"]);
  },
);
