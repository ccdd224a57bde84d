import { type Context, type Env, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Handlers } from "rian";
import { type AttachedNasc, attachNasc, type NascOptions } from "rian/hono";
import { attachPage } from "rian/ssr";
import { boardPage } from "./board-page.ts";
import { boardScript } from "./board-script.ts";
import { boardStyles } from "./board-styles.ts";
import { boardHandler } from "./board.ts";
import { guestOf, presenceOf, welcomeGuests } from "./guest.ts";
import { listsPage } from "./lists-page.ts";
import { listsStyles } from "./lists-styles.ts";
import { schemas } from "./schemas.ts";
import { todoListHandler } from "./todo-list.ts";
import { userHandler } from "./user.ts";

/** The handlers of the demo. */
export const handlers: Handlers = {
  Board: boardHandler,
  TodoList: todoListHandler,
  User: userHandler,
};

/** The demo, and what makes it ready to stop. */
export interface Demo<E extends Env = Env> extends Pick<AttachedNasc, "drain"> {
  readonly app: Hono<E>;
}

/** Options of {@link demo}. */
export type DemoOptions<E extends Env> =
  & Pick<NascOptions<E>, "store" | "instances" | "heartbeat">
  & Required<Pick<NascOptions<E>, "hosts">>
  & {
    /** The file that starts the demo, such as `"examples/node/main.ts"`, which its page shows. */
    readonly runsOn?: string;
  };

/** Returns the demo, which is the same on every platform apart from where its instances are. */
export function demo<E extends Env = Env>({ runsOn, ...options }: DemoOptions<E>): Demo<E> {
  const app = new Hono<E>();
  app.use(secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'self'"] },
    // The default, "no-referrer", makes a browser send the page's forms as if they came from nowhere.
    referrerPolicy: "same-origin",
  }));
  welcomeGuests(app, "/");
  const files = {
    "/board.css": [boardStyles, "text/css"],
    "/board.js": [boardScript, "text/javascript"],
    "/lists.css": [listsStyles, "text/css"],
  } as const;
  for (const [path, [text, type]] of Object.entries(files)) {
    app.get(path, (context) => context.body(text, 200, { "content-type": type }));
  }
  const nasc = attachNasc({
    app,
    handlers,
    schemaProvider: schemas,
    user: (context: Context<E>) => guestOf(context),
    // Durable Objects list those who look on themselves.
    ...(options.instances ? {} : { presence: presenceOf }),
    authorize: "everyone",
    // Signs what brings a refused form back. An app takes it from its environment; this one has nothing to hide.
    secret: "anybody may read this",
    ...options,
  });
  // What people see first is painted with the states in it, and works without a script.
  attachPage(app, "/", boardPage(runsOn), { nasc });
  attachPage(app, "/lists", listsPage, { nasc });
  return { app, drain: nasc.drain };
}
