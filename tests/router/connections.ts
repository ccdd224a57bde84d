import type { Hono } from "hono";
import { describe, expect, test, vi } from "vitest";
import type { Served } from "../support/serve-node.ts";
import { head, RawConnection, type RawResponse } from "../support/raw-connection.ts";
import { app, user } from "./support.ts";

const json = { "content-type": "application/json" };
const large = 400_000;
const health = head("GET /nasc/health");
const mount = JSON.stringify({ ...user, event: "mount" });

interface Refused {
  readonly name: string;
  readonly status: number;
  readonly target?: string;
  readonly headers?: Record<string, string>;
}

const early: readonly Refused[] = [
  { name: "a body that is too large", status: 413, headers: json },
  { name: "another media type", status: 415, headers: { "content-type": "text/plain" } },
  { name: "a compressed body", status: 415, headers: { ...json, "content-encoding": "br" } },
  { name: "another origin", status: 403, headers: { ...json, "sec-fetch-site": "cross-site" } },
  { name: "no route", status: 404, target: "POST /nasc/nope", headers: json },
  { name: "another method", status: 405, target: "PUT /nasc/event", headers: json },
];

const chunked = {
  size: (length: number) => ({ "transfer-encoding": "chunked", "x-length": `${length}` }),
  body: (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`,
};
const counted = {
  size: (length: number) => ({ "content-length": `${length}` }),
  body: (text: string) => text,
};

/**
 * Tests what becomes of a connection after a refusal that comes before the end of the request's body: the server either
 * reads the rest, so the next request is answered, or says that it closes the connection, and does.
 */
export function testConnections(
  serve: (app: Hono) => Promise<Served>,
  { closes }: { readonly closes: boolean },
): void {
  async function withServer(
    run: (connection: RawConnection, onError: ReturnType<typeof vi.fn>) => Promise<void>,
  ): Promise<void> {
    const onError = vi.fn();
    const server = await serve(app({ onError }));
    const connection = RawConnection.open(server.port);
    try {
      await run(connection, onError);
      expect(onError).not.toHaveBeenCalled();
    } finally {
      connection.destroy();
      await server.close();
    }
  }

  async function expectNext(
    connection: RawConnection,
    response: RawResponse | undefined,
  ): Promise<void> {
    if (closes) {
      expect(response!.headers.get("connection")).toBe("close");
      expect(await connection.ended()).toBe("");
    } else {
      expect((await connection.read("GET"))?.body).toBe('{"ok":true}');
    }
  }

  describe.for(early)("after a refusal of $name", ({ status, target, headers }) => {
    const encodings = { counted, chunked };
    for (const [name, { size, body }] of Object.entries(encodings)) {
      // A body that does not say how long it is turns out too large on its way, below.
      if (status === 413 && name === "chunked") continue;
      test(
        `with a ${name} body that is there, the connection ${closes ? "closes" : "goes on"}`,
        () =>
          withServer(async (connection) => {
            const text = "x".repeat(status === 413 ? large : 5);
            const line = head(target ?? "POST /nasc/event", { ...headers, ...size(text.length) });
            connection.write(line + body(text) + health);
            const response = await connection.read();
            expect([response?.status, JSON.parse(response!.body).status]).toEqual([status, status]);
            await expectNext(connection, response);
          }),
      );
    }

    test("with a body that is still to come, the answer does not wait for it", () =>
      withServer(async (connection) => {
        connection.write(
          head(target ?? "POST /nasc/event", { ...headers, ...counted.size(large) }),
        );
        const response = await connection.read();
        expect(response?.status).toBe(status);
        connection.write("x".repeat(large) + health);
        await expectNext(connection, response);
      }));
  });

  test("after a body that turns out too large on its way, the answer says that the connection closes", () =>
    withServer(async (connection) => {
      connection.write(head("POST /nasc/event", { ...json, ...chunked.size(large) }));
      connection.write(`${large.toString(16)}\r\n${"x".repeat(large)}\r\n`);
      const response = await connection.read();
      expect([response?.status, response?.headers.get("connection")]).toEqual([413, "close"]);
      // Deno waits half a minute for the rest.
      if (closes) expect(await connection.ended()).toBe("");
    }));

  test("after a body that was read, the connection goes on, whatever the answer is", () =>
    withServer(async (connection) => {
      const bodies: [number, string][] = [
        [200, mount],
        [400, "nonsense"],
        [400, '{"type":5}'],
        [404, JSON.stringify({ ...user, event: "nope" })],
        [422, JSON.stringify({ ...user, event: "rename", payload: {} })],
        [400, ""],
        [200, mount],
      ];
      for (const [status, text] of bodies) {
        for (const { size, body } of [counted, chunked]) {
          connection.write(head("POST /nasc/event", { ...json, ...size(text.length) }));
          connection.write(text === "" && body === chunked.body ? "0\r\n\r\n" : body(text));
          expect((await connection.read())?.status).toBe(status);
        }
      }
      for (const target of ["GET /nasc/nope", "GET /nasc/event", "GET /nasc/stream"]) {
        connection.write(head(target));
        expect((await connection.read("GET"))?.status).toBeGreaterThanOrEqual(400);
      }
      connection.write(head("GET /nasc/health", counted.size(5)) + "hello" + health);
      expect((await connection.read("GET"))?.status).toBe(200);
      expect((await connection.read("GET"))?.status).toBe(200);
    }));

  test("an upload that breaks off is nobody's error, and the server goes on", async () => {
    const onError = vi.fn();
    const server = await serve(app({ onError }));
    const cut = (text: string) => text.slice(0, -5);
    for (const headers of [json, { "content-type": "application/x-www-form-urlencoded" }]) {
      for (const { size, body } of [counted, chunked]) {
        const connection = RawConnection.open(server.port);
        const target = "POST /nasc/event?type=User&instance=me&event=rename";
        connection.write(head(target, { ...headers, ...size(mount.length) }) + cut(body(mount)));
        // The head of a second request shows that the server has begun to read the first.
        const other = RawConnection.open(server.port);
        other.write(health);
        expect((await other.read("GET"))?.status).toBe(200);
        other.destroy();
        connection.destroy();
      }
      for (
        const chunk of ["zz\r\nhello\r\n", "-1\r\n", "5\r\nhelloworld", "ffffffffffffffffff\r\n"]
      ) {
        const connection = RawConnection.open(server.port);
        const sent = head("POST /nasc/event", { ...headers, ...chunked.size(1) });
        connection.write(sent + chunk);
        const response = await connection.read();
        expect([undefined, 400]).toContain(response?.status);
        connection.destroy();
      }
    }
    const last = RawConnection.open(server.port);
    last.write(health);
    expect((await last.read("GET"))?.status).toBe(200);
    last.destroy();
    await server.close();
    expect(onError).not.toHaveBeenCalled();
  });
}
