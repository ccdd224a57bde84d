// A server in a process of its own, run by signal.test.ts and signal.deno.test.ts: it answers an event of its own, and
// prints what the work that goes on afterwards finds.
import { Hono } from "hono";
import { MemoryStore } from "../../mod.ts";
import { attachNasc } from "../../src/router/mod.ts";

/** What both runtimes have to serve with. */
interface Runtime {
  /** Serves on a free port, and returns the URL and a function that stops it. */
  serve(
    answer: (request: Request) => Response | Promise<Response>,
  ): Promise<{ url: string; stop(): Promise<unknown> }>;
}

/** Serves an event to itself, and returns whether its signal had aborted a while after the answer. */
export async function signalAfterAnswer({ serve }: Runtime): Promise<boolean> {
  const done = Promise.withResolvers<boolean>();
  const answered = Promise.withResolvers<void>();
  const app = new Hono();
  attachNasc({
    app,
    store: new MemoryStore(),
    authorize: "everyone",
    hosts: "any",
    handlers: {
      Mail: {
        mount: () => ({ sent: 0 }),
        send(_payload, state, { signal, waitUntil }) {
          waitUntil(async () => {
            await answered.promise;
            // The runtime notices the end of the request in its own time.
            await new Promise((resolve) => setTimeout(resolve, 100));
            done.resolve(signal.aborted);
          });
          return { sent: state.sent + 1 };
        },
      },
    },
  });
  const { url, stop } = await serve(app.fetch);
  for (const event of ["mount", "send"]) {
    const response = await fetch(`${url}/nasc/event`, {
      method: "POST",
      headers: { "content-type": "application/json", "connection": "close" },
      body: JSON.stringify({ type: "Mail", instance: "a", event }),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.text();
  }
  answered.resolve();
  const isAborted = await done.promise;
  await stop();
  return isAborted;
}
