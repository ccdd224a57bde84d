import { expect, test } from "vitest";
import { EventStream } from "../support/event-stream.ts";
import type { Asked } from "./session-app.ts";

/** Sends a request to a server that runs the session app, by its path. */
export type Request = (path: string, init?: RequestInit) => Promise<Response>;

/** Tests what an open stream does on the server of a platform, over its sockets, where requests really end. */
export function testServedStreams(platform: string, request: Request): void {
  const reopen = { event: "reopen", data: undefined };

  async function login(name: string): Promise<Record<string, string>> {
    const response = await request(`/login?name=${name}`, { method: "POST" });
    return { cookie: `session=${await response.text()}` };
  }

  async function follow(id: string, headers: Record<string, string>): Promise<EventStream> {
    const stream = new EventStream(
      await request(`/nasc/stream?scope=Note:${id}`, { headers }),
    );
    expect(await stream.next()).toMatchObject({ event: "snapshot" });
    return stream;
  }

  async function write(id: string, text: string): Promise<void> {
    const message = { type: "Note", instance: id, event: "write", payload: text };
    const response = await request("/nasc/event", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
    });
    expect(response.status).toBe(200);
    await response.body?.cancel();
  }

  async function askedFor({ cookie }: Record<string, string>): Promise<Asked[]> {
    const asked: Asked[] = await (await request("/asked")).json();
    return asked.filter((each) => each.cookie === cookie);
  }

  test(`on ${platform}, a stream finds that its session has ended, and sees its request as it was`, async () => {
    const headers = await login("ann");
    const stream = await follow("expires", headers);
    await expect.poll(async () => (await askedFor(headers)).length).toBeGreaterThan(2);
    await write("expires", "second");
    expect((await stream.next()).data.patches).toMatchObject([{ value: "second" }]);
    await request("/expire", { method: "POST", headers });
    expect(await stream.rest()).toEqual([reopen]);
    const [first, ...others] = await askedFor(headers);
    expect(first).toMatchObject({ variable: "for /nasc/stream", path: "/nasc/stream" });
    expect(others.length).toBeGreaterThan(1);
    for (const other of others) expect(other).toEqual(first);
    const refused = await request("/nasc/stream?scope=Note:expires", { headers });
    expect([refused.status, await refused.json()]).toEqual([401, { error: "sign in" }]);
  });

  test(`on ${platform}, a log-out in one request ends the streams of others, and nobody else's`, async () => {
    const [ann, bob] = [await login("ann"), await login("bob")];
    const streams = [await follow("open", ann), await follow("open", ann)];
    const other = await follow("open", bob);
    expect((await request("/logout", { method: "POST", headers: ann })).status).toBe(200);
    await write("open", "secret");
    for (const stream of streams) expect(await stream.rest()).toEqual([reopen]);
    expect((await other.next()).data.patches).toMatchObject([{ value: "secret" }]);
    await other.close();
  });

  test(`on ${platform}, a stream by clientId shows what other requests of its browser send`, async () => {
    const { cookie } = await login("ann");
    const response = await request("/nasc/stream?clientId=c1", { headers: { cookie: cookie! } });
    const owner = response.headers.getSetCookie().find((each) => each.startsWith("nasc_client"));
    const stream = new EventStream(response);
    const send = async (event: string, payload: unknown, headers: Record<string, string>) => {
      const answer = await request("/nasc/event", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify({ instance: "Note:old", event, payload, clientId: "c1" }),
      });
      await answer.body?.cancel();
      return answer.status;
    };
    const own = { cookie: `${cookie}; ${owner!.split(";")[0]}` };
    expect(await send("mount", {}, own)).toBe(200);
    expect((await stream.next()).data).toMatchObject([{ prop: "text", value: "first" }]);
    expect(await send("write", "second", own)).toBe(200);
    expect((await stream.next()).data).toMatchObject([{ prop: "text", value: "second" }]);
    await write("old", "by others");
    expect((await stream.next()).data).toMatchObject([{ prop: "text", value: "by others" }]);
    expect(await send("write", "stolen", { cookie: cookie! })).toBe(403);
    await request("/logout", { method: "POST", headers: own });
    expect(await stream.rest()).toEqual([reopen]);
  });

  test(`on ${platform}, a request for the head of a stream leaves none open`, async () => {
    const [ann, bob] = [await login("ann"), await login("bob")];
    const { status, headers } = await request("/nasc/stream?scope=Note:open", {
      method: "HEAD",
      headers: ann,
    });
    expect([status, headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    const asked = (await askedFor(ann)).length;
    const stream = await follow("open", bob);
    await expect.poll(async () => (await askedFor(bob)).length).toBeGreaterThan(3);
    expect(await askedFor(ann)).toHaveLength(asked);
    await stream.close();
  });
}
