import { serve } from "@hono/node-server";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { connect, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import type { NascOptions } from "../../src/router/mod.ts";
import { app, user } from "./support.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const mount = JSON.stringify({ ...user, event: "mount" });

/** Serves the routes on a port of this computer, which it returns. */
async function listen(options: Partial<NascOptions>, http2 = false): Promise<number> {
  const server = serve({
    fetch: app(options).fetch,
    port: 0,
    ...(http2 && { createServer: createHttp2Server as never }),
  }) as Server;
  servers.push(server);
  if (!server.listening) await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** Posts a message with a `Host` of any kind, which fetch would not send. */
async function postAs(port: number, headers: Record<string, string>): Promise<number> {
  const request = httpRequest({
    port,
    path: "/nasc/event",
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
  });
  request.end(mount);
  const [response] = await once(request, "response");
  response.resume();
  return response.statusCode;
}

describe("on Node's sockets", () => {
  test("a Response that authorize got from another server is the answer", async () => {
    const elsewhere = createServer((_request, response) => {
      response.writeHead(402, { "content-type": "text/plain" }).end("pay first");
    });
    servers.push(elsewhere.listen(0));
    await once(elsewhere, "listening");
    const { port: away } = elsewhere.address() as AddressInfo;
    const port = await listen({ authorize: () => fetch(`http://localhost:${away}`) });
    const response = await fetch(`http://localhost:${port}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: mount,
    });
    expect([response.status, await response.text()]).toEqual([402, "pay first"]);
  });

  test("a stranger's name that leads to this computer is refused", async () => {
    const port = await listen({ hosts: ["app.example"] });
    const statuses = [];
    for (const host of ["app.example", "APP.example:80", "evil.example", `localhost:${port}`]) {
      statuses.push(await postAs(port, { host }));
    }
    expect(statuses).toEqual([200, 200, 421, 421]);
  });

  test("HTTP/2 says by :authority which host a request is for", async () => {
    const port = await listen({ hosts: ["app.example"] }, true);
    const session = connect(`http://localhost:${port}`);
    const statuses = [];
    for (const authority of ["app.example", "evil.example", `localhost:${port}`]) {
      const stream = session.request({ ":path": "/nasc/manifest", ":authority": authority });
      const [headers] = await once(stream, "response");
      stream.resume();
      statuses.push(headers[":status"]);
    }
    session.close();
    expect(statuses).toEqual([200, 421, 421]);
  });

  test("HTTP/2 goes on after a refusal that comes before the end of a body, and Node warns of nothing", async () => {
    const warnings: string[] = [];
    const warn = ({ message }: Error) => warnings.push(message);
    process.on("warning", warn);
    const session = connect(`http://localhost:${await listen({ hosts: "any" }, true)}`);
    const statuses = [];
    const bodies: [type: string, body: string][] = [
      ["text/plain", "hello"],
      ["application/json", "x".repeat(400_000)],
      ["application/json", mount],
    ];
    for (const [type, body] of bodies) {
      const stream = session.request({
        ":method": "POST",
        ":path": "/nasc/event",
        "content-type": type,
      });
      stream.end(body);
      const [headers] = await once(stream, "response");
      stream.resume();
      statuses.push(headers[":status"]);
    }
    session.close();
    process.off("warning", warn);
    expect([statuses, warnings]).toEqual([[415, 413, 200], []]);
  });
});
