import type { ApplyFormat } from "../page/evaluate.ts";
import { naSnapshot } from "../page/attributes.ts";
import type { Flash } from "../page/flash.ts";
import { builtInFormats, type FormatFunction } from "../page/formats.ts";
import { type Address, addressKey } from "../processor/address.ts";
import { compile, type CompiledPage } from "./compile.ts";
import { type Frame, join, type PageState, type Painter } from "./frame.ts";

/** Options of {@link renderPage}. */
export interface RenderOptions {
  /** Returns what the page shows of an instance, or `undefined` to leave its scope as it is written. */
  readonly read: (type: string, id: string) => Promise<PageState | undefined>;
  /** What expressions call `@params`, such as `{ id: "5" }` for `na-scope="List:{{@params.id}}"`. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The language of formats, such as `"de-AT"`; that of `<html lang>` by default. */
  readonly locale?: string | undefined;
  /** The time zone of formats, such as `"Europe/Dublin"`; `"UTC"` by default. */
  readonly timeZone?: string | undefined;
  /** Formats of the app's own, as those of `connect`. */
  readonly formats?: Readonly<Record<string, FormatFunction>>;
  /** What a form was refused for that leads back to this page. */
  readonly flash?: Flash | undefined;
  /** Whether the page holds the states, so that the client goes on from them; it does by default. */
  readonly embed?: boolean;
  /** The path and query of this page, to which its forms lead back without a script. Without it, they take a script. */
  readonly returnTo?: string | undefined;
  /** Where the router is mounted; what `na-connect` says, or `"/nasc"`, by default. */
  readonly baseUrl?: string | undefined;
  /** The origin of the page, such as `"https://example.org"`, to which addresses of forms may lead. */
  readonly origin?: string | undefined;
}

/** How many instances of a page are read. */
const mostScopes = 50;
/** How often a page is looked through for instances that are named by what was read. */
const mostRounds = 3;
const mostCompiled = 100;
const formId = "nasc-form";

const compiled = new Map<string, CompiledPage>();

/**
 * Returns a page with the states of its instances in it, as the client would show them: what is bound, conditions, lists
 * and what controls hold. The client takes such a page over as it is. States are escaped wherever they stand.
 *
 * At most 50 instances are read, and those that rows name in three rounds; other scopes are left to the client, as is an
 * expression that cannot be read.
 *
 * @throws {Error} if something is bound to an element without an end tag; and whatever `read` throws
 *
 * @example Render a page
 * ```ts
 * import { renderPage } from "rian/ssr";
 *
 * const html = await renderPage(
 *   `<h1 na-scope="List:5"><b na-bind="title"></b></h1>`,
 *   { read: async () => ({ rev: 1, epoch: "e", state: { title: "Fish & chips" } }), embed: false },
 * );
 * if (html !== `<h1 na-scope="List:5"><b na-bind="title">Fish &amp; chips</b></h1>`) {
 *   throw new Error(html);
 * }
 * ```
 */
export async function renderPage(html: string, options: RenderOptions): Promise<string> {
  const page = compiledPage(html);
  const states = new Map<string, PageState | undefined>();
  for (let round = 0;; round++) {
    const { text, missing } = paint(page, states, options);
    const wanted = missing.slice(0, mostScopes - states.size);
    if (wanted.length === 0 || round === mostRounds) return text;
    await Promise.all(wanted.map(async ({ type, id }) => {
      states.set(addressKey({ type, id }), await options.read(type, id));
    }));
  }
}

function compiledPage(html: string): CompiledPage {
  const page = compiled.get(html) ?? compile(html);
  // The one that was used last is the last to go.
  compiled.delete(html);
  compiled.set(html, page);
  if (compiled.size > mostCompiled) compiled.delete(compiled.keys().next().value!);
  return page;
}

function paint(
  page: CompiledPage,
  states: ReadonlyMap<string, PageState | undefined>,
  options: RenderOptions,
): { readonly text: string; readonly missing: readonly Address[] } {
  const { embed = true, params, returnTo, flash } = options;
  const locale = options.locale ?? page.language;
  const timeZone = options.timeZone ?? "UTC";
  const missing = new Map<string, Address>();
  const shown = new Map<string, Address>();
  let hasButtons = false;
  let first: object | undefined;
  const painter: Painter = {
    apply: applyFormats({ ...builtInFormats({ locale, timeZone }), ...options.formats }),
    locals: { params },
    origin: options.origin ?? "https://page.invalid",
    baseUrl: (options.baseUrl ?? (page.baseUrl || "/nasc")).replace(/\/+$/, ""),
    returnTo,
    flash,
    stateOf(address) {
      const key = addressKey(address);
      if (!states.has(key)) missing.set(key, address);
      const state = states.get(key);
      if (state) shown.set(key, address);
      return state;
    },
    emptyForm() {
      hasButtons = true;
      return formId;
    },
    isFirst: (element) => element === (first ??= element),
    head: () =>
      returnTo === undefined || page.hasReferrer
        ? ""
        : '<meta name="referrer" content="same-origin">',
    tail() {
      const form = hasButtons ? `<form hidden id="${formId}" method="post"></form>` : "";
      return form + (embed && shown.size > 0 ? snapshot() : "");
    },
  };

  function snapshot(): string {
    const held = Array.from(shown, ([key, { type, id }]) => {
      const { rev, epoch, state } = states.get(key)!;
      return { type, instance: id, rev, epoch, state };
    });
    const json = JSON.stringify({ locale, timeZone, params, states: held });
    // Nothing ends a script but its end tag, and nothing changes how one is read but `<!--`.
    const text = json.replaceAll("<", "\\u003c");
    return `<script type="application/json" ${naSnapshot}>${text}</script>`;
  }

  const frame: Frame = {
    painter,
    address: undefined,
    hasState: false,
    level: { value: undefined, above: undefined, locals: painter.locals },
    rows: [],
  };
  let text = join(page.segments, frame);
  if (!page.hasHead) text = withHead(text, painter.head());
  if (!page.hasBody) text += painter.tail();
  return { text, missing: [...missing.values()] };
}

/** Puts what belongs into the head before everything but the doctype, which is where a parser begins the head. */
function withHead(text: string, head: string): string {
  if (head === "") return text;
  const doctype = /^\s*<!doctype[^>]*>/i.exec(text)?.[0] ?? "";
  return doctype + head + text.slice(doctype.length);
}

function applyFormats(formats: Readonly<Record<string, FormatFunction>>): ApplyFormat {
  return (value, { name, argument }) => {
    if (!Object.hasOwn(formats, name)) return value;
    try {
      return formats[name]!(value, argument);
    } catch {
      // The client says so in its console.
      return value;
    }
  };
}
