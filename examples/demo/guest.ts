import type { Context, Env, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";

/** Somebody who uses the demo: anybody, by the name that they have picked. */
export interface Guest {
  /** Known to them alone, so nobody else can take back what they did. */
  readonly id: string;
  /** By which a page tells guests apart. */
  readonly mark: string;
  readonly name: string;
}

const cookie = "rian-guest";
const mostCharacters = 30;

/** Returns who sends a request, as their cookie says. */
export function guestOf(context: Context): Guest | undefined {
  const [, id, name = ""] = /^([\da-f-]{36}) ?(.*)$/s.exec(getCookie(context, cookie) ?? "") ?? [];
  if (id === undefined) return undefined;
  const number = parseInt(id.slice(0, 4), 16) % 90 + 10;
  return { id, mark: id.slice(0, 8), name: tidy(name) || `Guest ${number}` };
}

/** Returns what others may see of a guest. */
export function presenceOf(user: unknown): { mark: string; name: string } | undefined {
  const guest = user as Guest | undefined;
  return guest && { mark: guest.mark, name: guest.name };
}

/** Lets a page give its guests a cookie, and adds the route by which they pick a name. */
export function welcomeGuests<E extends Env>(app: Hono<E>, page: string): void {
  app.get(page, async (context, next) => {
    if (!guestOf(context)) remember(context, crypto.randomUUID());
    await next();
  });
  app.post("/name", csrf(), async (context) => {
    const { name } = await context.req.parseBody();
    remember(
      context,
      guestOf(context)?.id ?? crypto.randomUUID(),
      typeof name === "string" ? name : "",
    );
    return context.redirect(page, 303);
  });
}

function remember(context: Context, id: string, name = ""): void {
  setCookie(context, cookie, `${id} ${tidy(name)}`, {
    httpOnly: true,
    sameSite: "Lax",
    secure: new URL(context.req.url).protocol === "https:",
    path: "/",
    maxAge: 60 * 60 * 24 * 365,
  });
}

function tidy(name: string): string {
  return [...name.replaceAll(/[\s\p{C}]+/gu, " ").trim()].slice(0, mostCharacters).join("");
}
