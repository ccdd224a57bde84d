import type { Hono } from "hono";
import { once } from "node:events";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { describe, expect, test } from "vitest";
import { serveNode } from "../support/serve-node.ts";
import { apps } from "./recorded/apps.ts";
import { type RecordedRequest, requests } from "./recorded/requests.ts";

/** A response with all of its headers. */
interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  /** The size of the body in bytes; `undefined` if it was not read to its end. */
  readonly size: number | undefined;
}

/** Returns the lines of a response. What differs from one run to the next stands there by what it is. */
function linesOf({ status, headers, size }: Answer): readonly string[] {
  const lines = [...headers].map(([name, value]) => {
    const lower = name.toLowerCase();
    return `  ${lower}: ${normal(lower, value, size)}`;
  });
  return [`${status}`, ...lines.sort()];
}

/**
 * Asks all of the requests in order, and writes down the different responses, each below the requests that got it, and
 * once what they all have.
 */
async function recordAll(
  answer: (request: RecordedRequest) => Promise<Answer>,
): Promise<string> {
  const answers: [name: string, lines: readonly string[]][] = [];
  for (const request of requests) answers.push([request.name, linesOf(await answer(request))]);
  const everywhere = answers[0]![1].filter((line) => {
    return answers.every(([, lines]) => lines.includes(line));
  });
  const names = new Map<string, string[]>();
  for (const [name, lines] of answers) {
    const record = lines.filter((line) => !everywhere.includes(line)).join("\n");
    names.set(record, [...names.get(record) ?? [], `# ${name}`]);
  }
  const records = [...names].map(([record, names]) => `${names.join("\n")}\n${record}\n`);
  return [`# every response\n${everywhere.join("\n")}\n`, ...records].join("\n");
}

function normal(name: string, value: string, size: number | undefined): string {
  if (name === "date") return "<now>";
  if (name === "etag") return value.replace(/"[^"]+"/, '"<hash>"');
  // A head has the length of what would follow.
  if (name === "content-length") return size ? Number(value) === size ? "<right>" : value : "<any>";
  return value.replace(/nasc_client=[\w-]+/, "nasc_client=<token>");
}

function isStream({ headers }: Answer): boolean {
  return [...headers].some(([name, value]) => {
    return name.toLowerCase() === "content-type" && value.startsWith("text/event-stream");
  });
}

async function ask(app: Hono, request: RecordedRequest): Promise<Answer> {
  const { method = "POST", target = "/nasc/event", headers = {}, body, isChunked } = request;
  const bytes = body === undefined ? undefined : Buffer.from(body, "latin1");
  const response = await app.request(`http://rian.test${target}`, {
    method,
    headers: {
      host: "rian.test",
      ...headers,
      ...!isChunked && bytes && { "content-length": `${bytes.length}` },
    },
    ...bytes && { body: isChunked ? new Blob([bytes]).stream() : bytes },
    duplex: "half",
  } as RequestInit);
  const answer = { status: response.status, headers: response.headers, size: undefined };
  if (!isStream(answer)) return { ...answer, size: (await response.arrayBuffer()).byteLength };
  await response.body?.cancel();
  return answer;
}

async function askServer(port: number, agent: Agent, request: RecordedRequest): Promise<Answer> {
  const { method = "POST", target = "/nasc/event", headers = {}, body, isChunked } = request;
  const bytes = body === undefined ? undefined : Buffer.from(body, "latin1");
  const sent = httpRequest({
    port,
    agent,
    method,
    path: target,
    headers: {
      host: "rian.test",
      ...headers,
      ...isChunked && { "transfer-encoding": "chunked" },
      ...!isChunked && bytes && { "content-length": `${bytes.length}` },
    },
  });
  sent.end(bytes);
  const [response] = await once(sent, "response") as [IncomingMessage];
  // A connection that ends before all of a body is taken is an error here, after the answer.
  sent.on("error", () => {});
  const { rawHeaders, statusCode } = response;
  const pairs = rawHeaders.flatMap((name, at) => {
    return at % 2 === 0 ? [[name, rawHeaders[at + 1]!] as const] : [];
  });
  const answer = { status: statusCode!, headers: pairs, size: undefined };
  if (isStream(answer)) {
    response.destroy();
    return answer;
  }
  let size = 0;
  for await (const chunk of response) size += chunk.length;
  return { ...answer, size };
}

// The records were made before the route of events was made lean, and hold it to the same.
describe.each(Object.keys(apps))("an app with %s has the recorded status and headers", (name) => {
  test("in its responses", async () => {
    const app = apps[name]!();
    const record = await recordAll((request) => ask(app, request));
    await expect(record).toMatchFileSnapshot(`recorded/${name}.txt`);
  });

  test("on Node's sockets", async () => {
    const { port, close } = await serveNode(apps[name]!());
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const record = await recordAll((request) => askServer(port, agent, request));
    agent.destroy();
    await close();
    await expect(record).toMatchFileSnapshot(`recorded/${name}.node.txt`);
  });
});
