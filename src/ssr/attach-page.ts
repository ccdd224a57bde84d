import type { Context, Env, Hono } from "hono";
import type { Flash } from "../page/flash.ts";
import type { FormatFunction } from "../page/formats.ts";
import type { PageState } from "./frame.ts";
import { renderPage } from "./render-page.ts";

/** What a page needs of what `createNasc` returns. */
export interface PageNasc<E extends Env = Env> {
  /** Returns what reads instances for the user of a request. */
  reader(context: Context<E>): {
    read(type: string, id: string): Promise<PageState | undefined>;
  };
  /** Returns what a form was refused for that leads back to the page, once. */
  flash(context: Context<E>): Promise<Flash | undefined>;
}

/** Options of {@link attachPage}. */
export interface AttachPageOptions<E extends Env = Env> {
  /** What `createNasc` or `attachNasc` returned. */
  readonly nasc: PageNasc<E>;
  /** Returns what expressions call `@params`; the parameters of the path by default. */
  readonly params?: (context: Context<E>) => Readonly<Record<string, unknown>>;
  /** The language of formats; that of `<html lang>` by default. */
  readonly locale?: string | ((context: Context<E>) => string | undefined);
  /** The time zone of formats; `"UTC"` by default. */
  readonly timeZone?: string | ((context: Context<E>) => string | undefined);
  /** Formats of the app's own, as those of `connect`. */
  readonly formats?: Readonly<Record<string, FormatFunction>>;
}

/**
 * Serves a page at a path, with what its user may see of its instances in it. Forms of the page work without a script.
 *
 * @param html The page, or what returns it for a request.
 *
 * @example Serve a page
 * ```ts
 * import { Hono } from "hono";
 * import { MemoryStore } from "rian";
 * import { attachNasc } from "rian/hono";
 * import { attachPage } from "rian/ssr";
 *
 * const app = new Hono();
 * const Counter = { mount: () => ({ n: 0 }), add: (_: unknown, { n }: { n: number }) => ({ n: n + 1 }) };
 * const nasc = attachNasc({
 *   app,
 *   handlers: { Counter },
 *   store: new MemoryStore(),
 *   authorize: "everyone",
 *   hosts: "any",
 * });
 * attachPage(app, "/counters/:id", `<p na-scope="Counter:{{@params.id}}"><b na-bind="n"></b></p>`, { nasc });
 *
 * const page = await app.request("/counters/5");
 * if (!(await page.text()).includes("<b na-bind=\"n\">0</b>")) throw new Error("expected the state");
 * ```
 */
export function attachPage<E extends Env = Env>(
  app: Hono<E>,
  path: string,
  html: string | ((context: Context<E>) => string | Promise<string>),
  { nasc, params, locale, timeZone, formats }: AttachPageOptions<E>,
): void {
  app.get(path, async (context) => {
    // A request may say two hosts, of which no address can be made.
    const url = URL.canParse(context.req.url) ? context.req.url : "https://page.invalid/";
    const { origin, pathname, search } = new URL(url);
    const flash = await nasc.flash(context);
    const reader = nasc.reader(context);
    const of = (given: typeof locale) => typeof given === "function" ? given(context) : given;
    const page = await renderPage(typeof html === "string" ? html : await html(context), {
      read: (type, id) => reader.read(type, id),
      params: params ? params(context) : context.req.param(),
      locale: of(locale),
      timeZone: of(timeZone),
      ...(formats && { formats }),
      flash,
      returnTo: pathname + search,
      origin,
    });
    // What it shows is this user's, and a refusal is shown once.
    context.header("cache-control", flash ? "no-store" : "private, no-cache");
    return context.html(page);
  });
}
