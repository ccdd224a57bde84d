import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DemoServer, type Platform } from "../support/demo-server.ts";
import { EventStream } from "../support/event-stream.ts";
import { addTodo, readTitles } from "./todo-list.ts";

describe.for<Platform>(["worker", "deno", "node"])("the server on %s", (platform) => {
  let server: DemoServer;
  beforeAll(async () => {
    server = await DemoServer.start(platform);
  });
  afterAll(() => server.close());

  function post(body: BodyInit, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${server.url}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
  }

  /**
   * Posts a large body. A server that refuses it closes the connection before it has all of it. On a machine that is busy,
   * that may come before the answer is read: `"cut off"`.
   */
  function statusOfLarge(body: string): Promise<number | "cut off"> {
    return new Promise((resolve) => {
      const headers = { "content-type": "application/json" };
      const sending = request(`${server.url}/nasc/event`, { method: "POST", headers });
      sending.on("response", (response) => resolve(response.resume().statusCode!));
      sending.on("error", () => resolve("cut off"));
      sending.end(body);
    });
  }

  test("still has every event that it acknowledged before it was killed", async () => {
    await readTitles(server.url, "killed");
    const acknowledged: string[] = [];
    let alive = true;
    async function writer(name: string): Promise<void> {
      for (let number = 0; alive; number++) {
        const title = `${name} ${number}`;
        const answer = await addTodo(server.url, title, "killed").catch(() => undefined);
        if (!answer?.ok) return;
        acknowledged.push(title);
        if (acknowledged.length === 60) void server.kill();
      }
    }
    await Promise.all([writer("a"), writer("b"), writer("c")]);
    alive = false;
    await server.restart();
    expect(acknowledged.length).toBeGreaterThanOrEqual(60);
    expect(await readTitles(server.url, "killed")).toEqual(expect.arrayContaining(acknowledged));
  });

  test("refuses 50 MB, plain text, another origin and anything but JSON, and keeps serving", async () => {
    const mount = JSON.stringify({ type: "TodoList", instance: "calm", event: "mount" });
    await expect.poll(() => statusOfLarge(JSON.stringify("x".repeat(50_000_000)))).toBe(413);
    const statuses = [
      (await post(mount, { "content-type": "text/plain" })).status,
      (await post(mount, { "origin": "https://evil.example" })).status,
      (await post("not json")).status,
      (await post(mount)).status,
    ];
    expect(statuses).toEqual([415, 403, 400, 200]);
  });

  test("serves fifty pages that come and go, and updates the one that stays", async () => {
    const staying = new EventStream(await fetch(`${server.url}/nasc/stream?scope=TodoList:busy`));
    await staying.next();
    const passing = await Promise.all(
      Array.from({ length: 50 }, async () => {
        return new EventStream(await fetch(`${server.url}/nasc/stream?scope=TodoList:busy`));
      }),
    );
    await Promise.all(passing.map(async (stream) => {
      await stream.next();
      await stream.close();
    }));
    expect((await addTodo(server.url, "still here", "busy")).status).toBe(200);
    const { data: { patches: [patch] } } = await staying.next();
    expect(patch.value.at(-1).title).toBe("still here");
    await staying.close();
  });
});
