import type { Context, Env, Hono } from "hono";
import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { memberOf } from "../shared/own.ts";
import type { Flash } from "./flash.ts";
import { type PaintedInstance, type RenderOptions, renderPage } from "./render-page.ts";

/** What {@link attachPage} needs of what `createNasc` returns. */
export interface PageSource<E extends Env = Env> {
  /** Returns what reads instances for the user of a request. */
  readonly reader: (context: Context<E>) => {
    read(type: string, id: string): Promise<PaintedInstance | undefined>;
  };
  /** Returns what became of the form that has led here, and forgets it. */
  readonly flash?: (context: Context<E>) => Promise<Flash | undefined>;
}

/** Returns something for each request, or is the same for all. */
export type PerRequest<E extends Env, Value> = Value | ((context: Context<E>) => Value);

/** Options of {@link attachPage}. */
export interface AttachPageOptions<E extends Env = Env>
  extends Pick<RenderOptions, "formats" | "embed" | "baseUrl"> {
  /** What `createNasc` or `attachNasc` has returned. */
  readonly nasc: PageSource<E>;
  /** Returns what expressions call `@params`. Default: the parameters of the path. */
  readonly params?: (context: Context<E>) => Readonly<Record<string, unknown>>;
  /** The language of formats. Default: the `lang` of the page, or else `"en"`. */
  readonly locale?: PerRequest<E, string | undefined>;
  /** The time zone of formats. Default: `"UTC"`. */
  readonly timeZone?: PerRequest<E, string | undefined>;
}

const textOrCallback: kind.Kind = {
  fits: (value) => kind.text.fits(value) || kind.callback.fits(value),
  cure: "a string or a function",
};

/**
 * Serves a page at a path of a Hono app, painted with what the user of each request may see. Its forms work without
 * script.
 *
 * @throws {TypeError} if an argument is missing, misspelt, or not what it should be
 *
 * @example Serve a page that is complete without script
 * ```ts
 * import { Hono } from "hono";
 * import { MemoryStore } from "rian";
 * import { createNasc } from "rian/hono";
 * import { attachPage } from "rian/ssr";
 *
 * const Counter = { mount: () => ({ count: 7 }) };
 * const nasc = createNasc({
 *   handlers: { Counter },
 *   store: new MemoryStore(),
 *   authorize: "everyone",
 *   hosts: "any",
 * });
 * const app = new Hono();
 * app.route("/nasc", nasc.app);
 * const page = '<body na-connect><p na-scope="Counter:{{@params.id}}" na-bind="count"></p></body>';
 * attachPage(app, "/counters/:id", page, { nasc });
 *
 * const response = await app.request("/counters/visits");
 * const painted = await response.text();
 * if (!painted.includes(">7</p>")) throw new Error(painted);
 * ```
 */
export function attachPage<E extends Env = Env>(
  app: Hono<E>,
  path: string,
  html: PerRequest<E, string | Promise<string>>,
  given: AttachPageOptions<E>,
): void {
  const { options } = checkOptions("attach the page", { app, path, html, options: given }, {
    app: {
      fits: (value) => kind.hasMethods(value, "get", "fetch"),
      cure: "a Hono app, new Hono()",
      isRequired: true,
    },
    path: { ...kind.text, isRequired: true },
    html: { ...textOrCallback, isRequired: true },
    options: {
      ...kind.optionsOf<AttachPageOptions<E>>({
        nasc: {
          fits: (value) => kind.hasMethods(value, "reader"),
          cure: "what createNasc returns",
          isRequired: true,
        },
        params: kind.callback,
        locale: textOrCallback,
        timeZone: textOrCallback,
        formats: kind.record,
        embed: kind.flag,
        baseUrl: kind.text,
      }),
      isRequired: true,
    },
  });
  const { nasc, params, locale, timeZone, formats, embed, baseUrl } = options;

  app.get(path, async (context) => {
    const { pathname, search } = new URL(context.req.url);
    const { read } = nasc.reader(context);
    const hasFlash = typeof memberOf(nasc, "flash") === "function";
    const flash = hasFlash ? await nasc.flash!(context) : undefined;
    const painted = await renderPage(await valueFor(html, context), {
      read,
      params: params ? params(context) : context.req.param() as Record<string, string>,
      locale: valueFor(locale, context),
      timeZone: valueFor(timeZone, context),
      formats,
      embed,
      baseUrl,
      flash,
      returnTo: pathname + search,
    });
    // What one person sees is nobody else's, and what was typed is to be nowhere afterwards.
    context.header("cache-control", flash ? "no-store" : "private, no-cache");
    return context.html(painted);
  });
}

function valueFor<E extends Env, Value>(given: PerRequest<E, Value>, context: Context<E>): Value {
  return typeof given === "function" ? (given as (context: Context<E>) => Value)(context) : given;
}
