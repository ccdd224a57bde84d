import { type Env, Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import type { Handlers } from "rian";
import { type AttachedNasc, attachNasc, type NascOptions } from "rian/hono";
import { page } from "./page.ts";
import { schemas } from "./schemas.ts";
import { styles } from "./styles.ts";
import { todoListHandler } from "./todo-list.ts";
import { userHandler } from "./user.ts";

/** The handlers of the demo. */
export const handlers: Handlers = { TodoList: todoListHandler, User: userHandler };

/** The demo, and what makes it ready to stop. */
export interface Demo<E extends Env = Env> extends Pick<AttachedNasc, "drain"> {
  readonly app: Hono<E>;
}

/** Returns the demo, which is the same on every platform apart from where its instances are. */
export function demo<E extends Env = Env>(
  options:
    & Pick<NascOptions<E>, "store" | "instances" | "heartbeat">
    & Required<Pick<NascOptions<E>, "hosts">>,
): Demo<E> {
  const app = new Hono<E>();
  app.use(secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'self'"] },
    // The default, "no-referrer", makes a browser send the page's forms as if they came from nowhere.
    referrerPolicy: "same-origin",
  }));
  app.get("/", (context) => context.html(page));
  app.get("/styles.css", (context) => context.body(styles, 200, { "content-type": "text/css" }));
  const { drain } = attachNasc({
    app,
    handlers,
    schemaProvider: schemas,
    authorize: "everyone",
    ...options,
  });
  return { app, drain };
}
