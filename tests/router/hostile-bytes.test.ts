import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stateTag } from "../../src/processor/state-tag.ts";
import { RawConnection } from "../support/raw-connection.ts";
import { serveDeno } from "../support/serve-deno.ts";
import { type Served, serveNode } from "../support/serve-node.ts";
import { serveWorkerd } from "../support/serve-workerd.ts";
import { hostileApp, secrets, spent } from "./hostile/app.ts";
import { bodies } from "./hostile/bodies.ts";
import type { HostileCase } from "./hostile/case.ts";
import { framing } from "./hostile/framing.ts";
import { messages } from "./hostile/messages.ts";
import { hostileRequest } from "./hostile/request.ts";
import { lies, streams } from "./hostile/streams.ts";
import { bytesOf, wire } from "./hostile/wire.ts";

const cases: readonly HostileCase[] = [...messages, ...bodies, ...streams, ...framing];
const atOnce = 20;
/** What a stream says first: of an instance or, if it follows none yet, of itself. */
const firstFrames = {
  instance: /^content-type: text\/event-stream[^]*"instance":/im,
  stream: /^content-type: text\/event-stream[^]*"heartbeat":/im,
};
/** Traces of code in an answer, with what stands around them. */
const internal =
  /.{0,60}(node_modules|file:\/\/|\.ts:\d|\b(Type|Range|Reference|Syntax)Error\b).{0,60}/;
/** In milliseconds. What keeps a connection open for longer has nothing more to say. */
const patience = 2_000;

/** Sends bytes, and returns all that comes back: of a stream, up to what it says of an instance. */
async function responseTo({ kind, bytes, ends }: HostileCase, port: number): Promise<string> {
  const connection = RawConnection.open(port);
  connection.write(bytes);
  if (ends) connection.end();
  try {
    return await connection.until(
      firstFrames[kind === "clientId" ? "stream" : "instance"],
      patience,
    );
  } finally {
    connection.destroy();
  }
}

/** Returns the status of a response, 0 if there is none. */
function statusOf(response: string): number {
  return Number(/^HTTP\/1\.[01] (\d+)/.exec(response)?.[1] ?? 0);
}

/** An answer to a body that has broken off. It is no failure: nobody knows who has broken it off, so it may be repeated. */
const brokenOff = /^HTTP\/1\.[01] 503 (?=[^]*"detail":"The body did not arrive whole;)/m;

/**
 * Returns whether @hono/node-server has answered by itself, as it does to an upgrade whose Host makes no address: that never
 * reaches the router.
 */
function isOfNodeItself(response: string, bytes: Uint8Array): boolean {
  return /\r\nupgrade: *websocket\r\n/i.test(new TextDecoder("latin1").decode(bytes)) &&
    response ===
      "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
}

/** Returns what is wrong with what a server has answered. Of methods, only a platform says that it knows none such. */
function faultsIn(response: string): string[] {
  const faults = [...response.replace(brokenOff, "").matchAll(/^HTTP\/1\.[01] (5(?!01)\d\d)/gm)]
    .map(([, status]) => status!);
  for (const secret of secrets) if (response.includes(secret)) faults.push(secret);
  // The client's own words are for whoever writes a page.
  if (/^content-type: text\/javascript/im.test(response)) return faults;
  const [inner] = internal.exec(response) ?? [];
  return inner ? [...faults, inner] : faults;
}

/** What a test knows of the hostile app. */
interface Known {
  readonly entries: readonly {
    readonly type: string;
    readonly value: object;
    readonly metadata: { readonly epoch: string; readonly rev: number };
  }[];
}

const platforms = [
  { platform: "Node", start: () => serveNode(hostileApp()), runs: 60, own: [] },
  {
    platform: "Deno",
    start: () => serveDeno(new URL("./hostile/server-deno.ts", import.meta.url)),
    runs: 20,
    own: [],
  },
  {
    platform: "workerd",
    start: () => serveWorkerd(new URL("./hostile/worker.ts", import.meta.url)),
    runs: 20,
    // It looks for a handler of TCP connections, and asks no other.
    own: ['method: "CONNECT": 500'],
  },
];

describe.for(platforms)("on $platform", ({ platform, start, runs, own }) => {
  const note = { type: "Note", instance: "ann" };
  const renaming = { ...note, event: "rename", payload: { title: "x", count: 1 } };
  let server: Served;
  let before: Known;

  async function send(message: object): Promise<number> {
    const { status, body } = await fetch(`http://127.0.0.1:${server.port}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-user": "ann" },
      body: JSON.stringify({ protocol: 2, ...message }),
    });
    await body?.cancel();
    return status;
  }
  async function known(): Promise<Known> {
    return await (await fetch(`http://127.0.0.1:${server.port}/known-to-the-test`)).json();
  }

  beforeAll(async () => {
    server = await start();
    await send({ ...note, event: "mount" });
    await send({ type: "Vault", instance: "ann", event: "mount" });
    await send({ ...renaming, eventId: spent });
    before = await known();
  });
  afterAll(() => server.close());

  test(`more than ${cases.length} hostile requests as bytes do no harm on ${platform}: no failure, no change, nothing of another's and nothing internal`, async () => {
    for (const secret of [...secrets, '"X"']) expect(JSON.stringify(before)).toContain(secret);
    const { value, metadata } = before.entries.find(({ type }) => type === "Note")!;
    const all = [...cases, ...lies({ ...metadata, tag: stateTag(value as never) })];
    const faults: string[] = [];
    const statuses = new Set<number>();
    for (let at = 0; at < all.length; at += atOnce) {
      const batch = all.slice(at, at + atOnce);
      const responses = await Promise.all(batch.map((each) => responseTo(each, server.port)));
      const names = batch.map(({ kind, name }) => `${kind}: ${name}`);
      for (const [index, response] of responses.entries()) {
        statuses.add(statusOf(response));
        faults.push(...faultsIn(response).map((fault) => `${names[index]}: ${fault}`));
      }
      expect(await known(), names.join("; ")).toEqual(before);
    }
    expect(faults).toEqual(own);
    // They come to many ends, and the server lives on.
    for (const status of [200, 400, 403, 404, 405, 409, 410, 413, 415, 422]) {
      expect(statuses).toContain(status);
    }
    expect(await send({ ...renaming, eventId: spent })).toBe(200);
    expect(await known()).toEqual(before);
  });

  test(`no bytes on a connection to ${platform} make the router fail`, async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(hostileRequest, wire), { minLength: atOnce, maxLength: atOnce }),
        async (requests) => {
          const all = requests.map(([request, sent]) => bytesOf(request, sent));
          const responses = await Promise.all(all.map((bytes) => {
            return responseTo({ kind: "any", name: "", bytes, ends: true }, server.port);
          }));
          const answered = responses.filter((response, index) => {
            return platform !== "Node" || !isOfNodeItself(response, all[index]!);
          });
          expect(answered.flatMap(faultsIn)).toEqual([]);
          for (const response of responses) statuses.add(statusOf(response));
        },
      ),
      { numRuns: runs },
    );
    expect(await known()).toEqual(before);
    const ends = runs < 60 ? [200, 400, 404] : [200, 303, 400, 403, 404, 405, 413, 415];
    for (const status of ends) expect(statuses).toContain(status);
  });
});
