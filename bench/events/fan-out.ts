/** What one event costs for each viewer of a list of 1,000, over the streams of the router in this process. */
import { Hono } from "hono";
import { defineHandler, type Handlers, MemoryStore } from "../../mod.ts";
import { createNasc } from "../../src/router/mod.ts";
import { measure, type Pace, paced } from "./measure.ts";
import { shownRatio, shownTime, table } from "./report.ts";
import { firstList, type List, toggle } from "./todos.ts";

/** The most microseconds a viewer, for 100 viewers of one projection. */
const target = 30;
/** How many copies of the list are written at once, to be measured. */
const copies = 50;

/** Returns a handler whose projection depends on the viewer's group. Whoever sends an event is in none. */
function projectedHandler(): object {
  return defineHandler()({
    mount: firstList,
    toggle,
    view: (list: List, { user }) => ({ ...list, filter: String(user) }),
    viewKey: (_: List, { user }) => String(user),
  });
}

/** One stream, read as it comes. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";
  bytes = 0;

  constructor(response: Response) {
    this.#reader = response.body!.getReader();
  }

  /** Reads on until a frame has come that holds some text, and returns the frame. */
  async until(text: string): Promise<string> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const frame = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        if (frame.includes(text)) return frame;
        continue;
      }
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("the stream ended");
      this.bytes += value.byteLength;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  async close(): Promise<void> {
    await this.#reader.cancel();
  }
}

/** Viewers of one list, and what sends its events. */
interface Audience {
  run(times: number): Promise<number>;
  close(): Promise<void>;
}

async function gather(
  viewers: number,
  { projections, handler }: { readonly projections: number; readonly handler: object },
): Promise<Audience> {
  const nasc = createNasc({
    handlers: { TodoList: handler } as Handlers,
    store: new MemoryStore(),
    authorize: "everyone",
    hosts: "any",
    user: ({ req }) => req.header("x-user"),
  });
  const app = new Hono().route("/nasc", nasc.app);
  const message = { type: "TodoList", instance: "my-list" };
  await nasc.process({ ...message, event: "mount" });
  const readers: Reader[] = [];
  for (let made = 0; made < viewers; made++) {
    const user = `group-${made % projections}`;
    const headers = { "x-user": user };
    const reader = new Reader(
      await app.request("/nasc/stream?scope=TodoList:my-list&have=", { headers }),
    );
    // Even empty, `have` asks for protocol 2 where it is spoken.
    const first = await reader.until('"items"');
    if (projections > 1 && !first.includes(user)) throw new Error("it was not projected");
    readers.push(reader);
  }
  let sent = 0;
  return {
    async run(times) {
      for (let time = 0; time < times; time++) {
        await nasc.process({ ...message, event: "toggle", payload: { id: sent++ % 1_000 } });
        await Promise.all(readers.map((reader) => reader.until('"rev"')));
      }
      return readers.reduce((sum, { bytes }) => sum + bytes, sent);
    },
    async close() {
      for (const reader of readers) await reader.close();
    },
  };
}

/** Measures and prints. */
export async function benchFanOut(pace: Pace): Promise<void> {
  const rows: string[][] = [];
  const state = firstList();
  for (const viewers of [1, 100, 1_000]) {
    for (const projections of [1, 10, 1_000].filter((each) => each <= viewers)) {
      const handler = projections === 1 ? { mount: firstList, toggle } : projectedHandler();
      const audience = await gather(viewers, { projections, handler });
      const nobody = await gather(0, { projections, handler });
      const results = await measure([
        { name: "nobody", run: (times) => nobody.run(times) },
        {
          name: "copies",
          run(times) {
            let used = 0;
            for (let time = 0; time < times * copies; time++) used += JSON.stringify(state).length;
            return used;
          },
        },
        { name: "viewers", run: (times) => audience.run(times) },
      ], paced({ shortest: viewers > 100 ? 1 : 30_000, rounds: viewers > 100 ? 5 : 9 }, pace));
      const time = (name: string) => results.get(name)!.time;
      const each = (time("viewers") - time("nobody")) / viewers;
      rows.push([
        `${viewers}`,
        `${projections}`,
        shownTime(each),
        viewers === 100 && projections === 1 ? `≤ ${target} µs` : "",
        shownRatio(each / time("copies") * copies),
      ]);
      await nobody.close();
      await audience.close();
    }
  }
  console.log(
    table(
      "Fan-out of one toggle in 1,000 to the streams of viewers, without the event itself",
      ["viewers", "projections", "a viewer", "to reach", "a viewer ÷ writing the list once"],
      rows,
    ),
  );
}
