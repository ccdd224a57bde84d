import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { MemoryStore } from "../../../mod.ts";
import { attachNasc, type NascOptions } from "../../../src/router/mod.ts";
import { handlers } from "../support.ts";
import { maxBodyBytes } from "./requests.ts";

const hosts = ["rian.test", "app.example"];
const origins = ["https://app.example"];

function authorize(context: Context, { id }: { readonly id: string | undefined }) {
  if (id === "secret") return false;
  if (id === "elsewhere") return context.redirect("/login");
  if (id === "paid") {
    return new Response("Pay first", {
      status: 402,
      headers: { "x-price": "5", "x-frame-options": "DENY", "set-cookie": "price=5" },
    });
  }
  if (id === "teapot") throw new HTTPException(418, { message: "I am a teapot" });
  if (id === "broken") throw new Error("the directory at 10.0.0.8 said no");
  return true;
}

/** Options that do what each recorded request asks for. */
const options: NascOptions = {
  handlers,
  get store() {
    return new MemoryStore();
  },
  hosts: "any",
  maxBodyBytes,
  onError() {},
  authorize,
  schemaProvider: { User: { type: "object" } },
  limit: (_context, { id }) => id === "busy" ? { retryAfter: 2_500 } : true,
};

function attached(app: Hono, more: Partial<NascOptions> = {}): Hono {
  attachNasc({ app, ...options, store: new MemoryStore(), ...more });
  app.get("/nasc/extra", (context) => context.text("extra"));
  return app;
}

/** Returns an app that sets headers, some of which the router sets too, before or after it. */
function decorated(more: Partial<NascOptions>): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    setCookie(context, "session", "renewed");
    setCookie(context, "theme", "dark");
    context.header("x-request-id", "7");
    context.header("x-powered-by", "Rian");
    context.header("x-frame-options", "DENY");
    context.header("cache-control", "public");
    context.header("vary", "accept-language");
    await next();
    context.header("x-after", "set");
    context.header("referrer-policy", "no-referrer");
  });
  return attached(app, {
    user(context) {
      setCookie(context, "user", "ada");
      return "ada";
    },
    ...more,
  });
}

/** The apps whose answers are recorded, by the name of the record. */
export const apps: Readonly<Record<string, () => Hono>> = {
  "any-host": () => attached(new Hono()),
  "hosts": () => attached(new Hono(), { hosts }),
  "origins": () => attached(new Hono(), { origins }),
  "hosts-and-origins": () => attached(new Hono(), { hosts, origins }),
  "decorated": () => decorated({ hosts }),
  "decorated-with-origins": () => decorated({ origins }),
  "with-cors-of-its-own": () => attached(new Hono().use(cors({ origin: origins })) as Hono),
};
