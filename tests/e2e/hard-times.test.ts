import { once } from "node:events";
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

  /** Posts a body of many megabytes, and reads the answer, as curl does: what comes before the end ends the sending. */
  async function statusOfMegabytes(count: number): Promise<number> {
    const headers = { "content-type": "application/json", "content-length": count * 1_000_000 };
    const sending = request(`${server.url}/nasc/event`, { method: "POST", headers });
    const answer = Promise.withResolvers<number>();
    let isAnswered = false;
    sending.on("response", (response) => {
      isAnswered = true;
      answer.resolve(response.statusCode!);
    });
    sending.on("error", answer.reject);
    const megabyte = "x".repeat(1_000_000);
    for (let sent = 0; sent < count && !isAnswered; sent++) {
      if (!sending.write(megabyte)) await Promise.race([once(sending, "drain"), answer.promise]);
    }
    const status = await answer.promise;
    sending.destroy();
    return status;
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
    const statuses = [
      await statusOfMegabytes(50),
      (await post(mount, { "content-type": "text/plain" })).status,
      (await post(mount, { "origin": "https://evil.example" })).status,
      (await post("not json")).status,
      (await post(mount)).status,
    ];
    expect(statuses).toEqual([413, 415, 403, 400, 200]);
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
