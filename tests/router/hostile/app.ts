import { Hono } from "hono";
import { defineHandler, type Handlers, MemoryStore } from "../../../mod.ts";
import { jsonSchema } from "../../../src/json-schema/mod.ts";
import { attachNasc } from "../../../src/router/mod.ts";

/** What nobody but Ann may learn. */
export const secrets = ["s3cr3t-of-a-note", "s3cr3t-of-a-vault"] as const;
/** The id of an event of Ann's. */
export const spent = "ann-1";

/** Handlers that take any payload, so that whatever fails has failed in the router. */
export const patientHandlers: Handlers = {
  Box: {
    mount: () => ({}),
    keep: (payload) => ({ payload }),
    drop: () => ({}),
  },
};

interface Note {
  readonly title: string;
  readonly count: number;
  readonly secret: string;
}

const Note = defineHandler<{ user: string | undefined; env: unknown }>()({
  mount: (): Note => ({ title: "of all", count: 0, secret: secrets[0] }),
  schemas: {
    rename: jsonSchema<{ title: string; count: number }>({
      type: "object",
      properties: {
        title: { type: "string", minLength: 1, maxLength: 40 },
        count: { type: "integer", minimum: 0, maximum: 1_000 },
      },
      required: ["title", "count"],
      additionalProperties: false,
    }),
  },
  // Whatever a schema lets pass by mistake fails here, or is stored.
  rename: ({ title, count }, note) => ({
    ...note,
    title: title.toUpperCase(),
    count: note.count + count,
  }),
  // Only senders on the server may call it.
  internal: ["credit"],
  credit: (_payload: unknown, note) => ({ ...note, count: note.count + 1_000_000 }),
  view({ secret, ...rest }, { user }) {
    return user === "ann" ? { ...rest, secret } : rest;
  },
});

const handlers = {
  ...patientHandlers,
  Note,
  Vault: {
    mount: () => ({ secret: secrets[1] }),
    fill: (payload: unknown) => ({ secret: payload }),
    _empty: () => ({}),
  },
};

/** Returns the app that hostile requests are sent to, with what a test has to know of it. */
export function hostileApp(): Hono {
  const app = new Hono();
  const store = new MemoryStore();
  const errors: string[] = [];
  attachNasc({
    app,
    store,
    handlers,
    hosts: "any",
    maxBodyBytes: 200_000,
    user: (context) => context.req.header("x-user"),
    authorize(context, { type, event }) {
      const user = context.req.header("x-user");
      // Who looks at what is not there brings nothing into being.
      if (event === "create") return type === "Box" || user === "ann";
      return type !== "Vault" || user === "ann";
    },
    onError: (error) => void errors.push(String(error)),
  });
  app.get("/known-to-the-test", async (context) => {
    const entries: object[] = [];
    for (const type of ["Note", "Vault", "_nasc_gone", "_nasc_receipts"]) {
      for await (const { key, value, metadata } of store.list(type)) {
        if (!String(key).includes("Box")) entries.push({ type, key, value, metadata });
      }
    }
    const inherited: string[] = [];
    for (const name in {}) inherited.push(name);
    return context.json({ entries, errors, inherited });
  });
  return app;
}
