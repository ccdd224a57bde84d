/**
 * A Worker that answers before D1 has stored: each request reads a whole collection, so keep that small, and saves its
 * changes after the answer.
 */
import { type Context, Hono } from "hono";
import { csrf } from "hono/csrf";
import { html } from "hono/html";
import { persist, Ramify, type RamifyStore, type Schema } from "rian";
import { type D1Binding, D1Store } from "rian/cloudflare-d1";

type WorkerEnv = { Bindings: { DB: D1Binding } };

/** A guest's note. Each is a document of its own, so two requests never change the same one. */
interface Note {
  readonly id: string;
  readonly text: string;
  readonly at: number;
}

type GuestBook = RamifyStore<{ notes: Schema<Note, "id"> }>;

async function openGuestBook({ env, executionCtx }: Context<WorkerEnv>): Promise<GuestBook> {
  const db = new Ramify().createStore<{ notes: Schema<Note, "id"> }>({
    notes: { primaryKey: "id", ordered: ["at"] },
  });
  await persist(db, new D1Store(env.DB), {
    debounce: 0,
    // Keeps the Worker alive until D1 has the changes.
    waitUntil: (work) => executionCtx.waitUntil(work),
  });
  return db;
}

function page(context: Context<WorkerEnv>, { notes }: GuestBook): Response | Promise<Response> {
  const newest = notes.sortBy("at").reverse().limit(100).toArray();
  return context.html(html`
    <!doctype html>
    <html lang="en">
      <meta charset="utf-8">
      <title>Rian: a guest book</title>
      <h1>Guest book</h1>
      <form
        method="post"><input name="text" aria-label="Your note" required> <button>Sign</button></form>
      <ul>${newest.map(({ text }) => html`<li>${text}</li>`)}</ul>
    </html>
  `);
}

const app: Hono<WorkerEnv> = new Hono<WorkerEnv>();
app.use(csrf());
app.get("/", async (context) => page(context, await openGuestBook(context)));
app.post("/", async (context) => {
  const { text } = await context.req.parseBody();
  const db = await openGuestBook(context);
  db.notes.add({ id: crypto.randomUUID(), text: String(text ?? "").slice(0, 500), at: Date.now() });
  return page(context, db);
});

export default app;
