import type { AcceptedAnswer, Frame } from "../../src/processor/frames.ts";
import type { Operation } from "../../src/processor/operations/operation.ts";
import { applyOperations } from "../../src/processor/operations/apply-operations.ts";
import { stateTag } from "../../src/processor/state-tag.ts";
import { EventStream } from "../support/event-stream.ts";
import { post, type Requested } from "./support-post.ts";

/** What a page has of an instance. */
export interface Held {
  readonly epoch: string;
  readonly rev: number;
  readonly state: Readonly<Record<string, unknown>>;
}

/** A page that speaks protocol 2, and keeps what its stream tells it. */
export class Page {
  readonly #stream: EventStream;
  /** By `Type:id`. */
  readonly held: Map<string, Held> = new Map();

  private constructor(stream: EventStream) {
    this.#stream = stream;
  }

  /** Opens a stream of one instance, or of what is held. */
  static async open(
    app: Requested,
    { scope = "Counter:visits", held, headers = {} }: {
      readonly scope?: string;
      readonly held?: Held | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<{ readonly page: Page; readonly token: string }> {
    const query = `scope=${encodeURIComponent(scope)}&have=${encodeURIComponent(have(held))}`;
    const response = await app.request(`http://rian.test/nasc/stream?${query}`, { headers });
    const page = new Page(new EventStream(response));
    if (held) page.held.set(scope, held);
    const hello = await page.frame();
    if (hello.action !== "hello") throw new Error(`expected hello, found ${JSON.stringify(hello)}`);
    return { page, token: hello.stream };
  }

  /** Reads the next frame, whatever it is. */
  async frame(): Promise<Frame> {
    const text = await this.#stream.frame();
    const [, data] = /^data: (.*)$/.exec(text) ?? [];
    if (data === undefined) throw new Error(`expected one line of data, found ${text}`);
    const frame = JSON.parse(data) as Frame;
    this.#take(frame);
    return frame;
  }

  /** Reads the next frame other than a sign of life. */
  async next(): Promise<Frame> {
    for (;;) {
      const frame = await this.frame();
      if (frame.action !== "beat") return frame;
    }
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  #take(frame: Frame): void {
    if (!("instance" in frame)) return;
    const key = `${frame.type}:${frame.instance}`;
    if (frame.action === "snapshot") {
      const { epoch, rev, state } = frame;
      this.held.set(key, { epoch, rev, state });
    } else if (frame.action === "patch") {
      const held = this.held.get(key)!;
      const { rev, base = rev - 1, ops } = frame;
      if (held.rev !== base) throw new Error(`a patch from ${base} to what is at ${held.rev}`);
      this.held.set(key, { ...held, rev, state: applied(held.state, ops) });
    } else if (frame.action !== "viewers" && frame.action !== "broadcast") this.held.delete(key);
  }
}

/** Returns what a page says that it has. */
export function have(held: Held | undefined): string {
  return held ? `${held.epoch}.${held.rev}.${stateTag(held.state)}` : "";
}

/** Sends an event in protocol 2, which must be accepted. */
export async function send2(
  app: Requested,
  message: object,
  headers: Record<string, string> = {},
): Promise<AcceptedAnswer> {
  const response = await post(app, { protocol: 2, ...message }, headers);
  const answer = await response.json();
  if (response.status !== 200) throw new Error(JSON.stringify(answer));
  return answer;
}

function applied(state: Held["state"], operations: readonly Operation[]): Held["state"] {
  return applyOperations(state, operations) as Held["state"];
}
