import { expect, onTestFinished, test } from "vitest";
import { DemoServer } from "../support/demo-server.ts";
import { EventStream } from "../support/event-stream.ts";

function post(url: string, event: string, payload: unknown): Promise<Response> {
  return fetch(`${url}/nasc/event`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type: "TodoList", instance: "my-list", event, payload }),
  });
}

/** The titles that a fresh stream shows. */
async function titles(url: string): Promise<string[]> {
  const stream = new EventStream(await fetch(`${url}/nasc/stream?scope=TodoList:my-list`));
  const { data } = await stream.next();
  await stream.close();
  const { value } = data.patches.find(({ prop }: { prop?: string }) => prop === "items");
  return value.map(({ title }: { title: string }) => title);
}

const endings = (["node", "deno"] as const).flatMap((platform) =>
  (["SIGTERM", "SIGINT"] as const).map((signal) => ({ platform, signal }))
);

test.for(endings)(
  "a $platform server that answers from memory has stored its last answer when $signal has ended it",
  async ({ platform, signal }) => {
    const server = await DemoServer.start(platform, ["--write-behind"]);
    onTestFinished(() => server.close());
    const before = await titles(server.url);
    // It stores once a second at most, so that the last of these waits when the signal comes.
    const added = Array.from({ length: 20 }, (_, n) => `to-do ${n}`);
    for (const title of added) {
      expect((await post(server.url, "add_todo", { title })).status).toBe(200);
    }
    await server.restart(signal);
    expect(await titles(server.url)).toEqual([...before, ...added]);
  },
);

test("a Worker that answers before D1 has stored keeps what twenty requests wrote at once", async () => {
  const server = await DemoServer.start("worker", ["--write-behind"]);
  onTestFinished(() => server.close());
  const texts = Array.from({ length: 20 }, (_, n) => `<b>note ${n}</b>`);
  const answers = await Promise.all(texts.map(async (text) => {
    const body = new URLSearchParams({ text });
    const headers = { origin: server.url };
    return await (await fetch(server.url, { method: "POST", body, headers })).text();
  }));
  const listed = (text: string) =>
    `<li>${text.replaceAll("<", "&lt;").replaceAll(">", "&gt;")}</li>`;
  // Each answer has its own note, which memory had.
  for (const [n, text] of texts.entries()) expect(answers[n]).toContain(listed(text));
  const missing = async () => {
    const page = await (await fetch(server.url)).text();
    return texts.filter((text) => !page.includes(listed(text)));
  };
  await expect.poll(missing).toEqual([]);
  await server.restart();
  expect(await missing()).toEqual([]);
});
