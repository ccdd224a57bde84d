import { expect, onTestFinished, test } from "vitest";
import { DemoServer } from "../support/demo-server.ts";
import { addTodo, readTitles } from "./todo-list.ts";

const endings = (["node", "deno"] as const).flatMap((platform) =>
  (["SIGTERM", "SIGINT"] as const).map((signal) => ({ platform, signal }))
);

test.for(endings)(
  "a $platform server that answers from memory stores its last answer before $signal ends it",
  async ({ platform, signal }) => {
    const server = await DemoServer.start(platform, ["--write-behind"]);
    onTestFinished(() => server.close());
    const before = await readTitles(server.url);
    // The server stores once a second at most, so the last of these is still waiting when the signal comes.
    const added = Array.from({ length: 20 }, (_, n) => `to-do ${n}`);
    for (const title of added) {
      expect((await addTodo(server.url, title)).status).toBe(200);
    }
    await server.restart(signal);
    expect(await readTitles(server.url)).toEqual([...before, ...added]);
  },
);

test("a Worker that answers before D1 has stored keeps what twenty requests write at once", async () => {
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
  // Each answer shows its own note, from memory.
  for (const [n, text] of texts.entries()) expect(answers[n]).toContain(listed(text));
  const missing = async () => {
    const page = await (await fetch(server.url)).text();
    return texts.filter((text) => !page.includes(listed(text)));
  };
  await expect.poll(missing).toEqual([]);
  await server.restart();
  expect(await missing()).toEqual([]);
});
