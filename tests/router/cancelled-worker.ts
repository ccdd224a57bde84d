// A Worker whose events are cancelled midway, run by cancelled.test.ts.
import { Hono } from "hono";
import { type D1Binding, D1Store } from "../../adapters/cloudflare-d1.ts";
import { createProcessor, type Handlers, type ProcessorOptions } from "../../mod.ts";
import { attachNasc } from "../../src/router/mod.ts";

interface Env {
  readonly DB: D1Binding;
}

let arrived = 0;
/** What runs have begun, what the work after an answer has seen, and which errors were reported. */
const begun: string[] = [];
const seen: unknown[] = [];
const errors: string[] = [];

const options: ProcessorOptions = {
  handlerTimeout: 1_500,
  storageTimeout: 500,
  onError: (error) => void errors.push(String(error)),
};

const handlers: Handlers = {
  Counter: {
    mount: () => ({ count: 0 }),
    async add({ name, lasts }, state) {
      begun.push(name);
      await new Promise((resolve) => setTimeout(resolve, lasts));
      return { count: state.count + 1 };
    },
    later(_payload, state, { signal, waitUntil }) {
      waitUntil(async () => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        seen.push({ isAborted: signal.aborted });
      });
      return { count: state.count + 1 };
    },
  },
};

const app: Hono<{ Bindings: Env }> = new Hono();
const processors = new Map<D1Binding, ReturnType<typeof createProcessor>>();

// Nothing keeps this route's requests alive, so the runtime cancels them when their sender leaves.
app.post("/bare", async (context) => {
  const { DB } = context.env;
  const process = processors.get(DB) ?? createProcessor(handlers, new D1Store(DB), options);
  processors.set(DB, process);
  const message = await context.req.json();
  arrived++;
  return context.json(await process(message));
});
app.get("/notes", (context) => context.json({ arrived, begun, seen, errors }));
const stores = new WeakMap<D1Binding, D1Store>();
attachNasc({
  app,
  handlers,
  store: ({ env: { DB } }) => {
    const store = stores.get(DB) ?? new D1Store(DB);
    stores.set(DB, store);
    return store;
  },
  ...options,
});

export default app;
