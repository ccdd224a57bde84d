import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { MemoryStore } from "rian";
import { attachNasc, type NascOptions } from "rian/hono";

/** What a server knew of a request for a stream when it was asked whose it is. */
export interface Asked {
  readonly cookie: string | undefined;
  readonly variable: unknown;
  /** The names in the environment of the platform. */
  readonly env: readonly string[];
  readonly path: string;
}

type Env = { Variables: { "made": string } };

/** An app with sessions in a map and a note that only those may see who have signed in; a `page` at its root. */
export function sessionApp(
  { page = "", about, ...options }: Partial<NascOptions<Env>> & {
    readonly page?: string;
    /** What each note says besides, if anything: to show one whole takes more than to patch it. */
    readonly about?: string;
  } = {},
): Hono<Env> {
  const sessions = new Map<string, string>();
  const asked: Asked[] = [];
  const app = new Hono<Env>();

  function session(context: Context): string {
    return getCookie(context, "session") ?? "";
  }

  app.use(async (context, next) => {
    context.set("made", `for ${context.req.path}`);
    await next();
  });
  const { hangUp } = attachNasc({
    app,
    handlers: {
      Note: {
        mount: () => ({ text: "first", ...(about && { about }) }),
        write: (text: string, note: object) => ({ ...note, text: String(text) }),
        touch: (_: unknown, note: object) => ({ ...note, text: "touched" }),
      },
    },
    store: new MemoryStore(),
    hosts: "any",
    user(context) {
      if (/\/(stream|ws)$/.test(context.req.path)) {
        asked.push({
          cookie: context.req.header("cookie"),
          variable: context.get("made"),
          env: Object.keys(context.env ?? {}),
          path: context.req.path,
        });
      }
      const user = sessions.get(session(context));
      // As a session does that lasts as long as it is used.
      if (user !== undefined) setCookie(context, "session", session(context), { httpOnly: true });
      return user;
    },
    // Anybody may write, and only who has a session may look.
    authorize: (context, { event }) =>
      event !== "mount" || sessions.has(session(context)) ||
      context.json({ error: "sign in" }, 401),
    ...options,
  });

  app.get("/", (context) => context.html(page));
  app.get("/asked", (context) => context.json(asked));
  app.post("/login", (context) => {
    const name = context.req.query("name") ?? "";
    const id = crypto.randomUUID();
    sessions.set(id, name);
    setCookie(context, "session", id, { httpOnly: true });
    return context.text(id);
  });
  // As when a session runs out.
  app.post("/expire", (context) => {
    sessions.delete(session(context));
    return context.text("ok");
  });
  app.post("/logout", async (context) => {
    const user = sessions.get(session(context));
    sessions.delete(session(context));
    deleteCookie(context, "session");
    if (user !== undefined) await hangUp(user);
    return context.text("ok");
  });
  return app;
}
