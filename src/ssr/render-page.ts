import type { ApplyFormat, Level } from "../page/evaluate.ts";
import { builtInFormats, type FormatFunction } from "../page/formats.ts";
import { type Problem, textOf } from "../page/problems.ts";
import { type Address, addressKey } from "../processor/address.ts";
import { toWire } from "../processor/to-wire.ts";
import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { compile, type CompiledPage } from "./compile.ts";
import { escapeScript } from "./escape.ts";
import type { Flash } from "./flash.ts";
import { idOfButtons } from "./forms.ts";
import { paint, type Painting } from "./painting.ts";
import { remembered } from "./remembered.ts";

/** An instance as a page shows it. */
export interface PaintedInstance {
  /** Its revision. */
  readonly rev: number;
  /** Which creation of it this is. */
  readonly epoch: string;
  /** What may be seen of its state. */
  readonly state: object;
}

/** Options of {@link renderPage}. */
export interface RenderOptions {
  /**
   * Reads an instance for whom the page is painted; what `createNasc` returns has such a function. Without an instance,
   * its scopes are left as they are written. A rejection is that of `renderPage`.
   */
  readonly read: (type: string, id: string) => Promise<PaintedInstance | undefined>;
  /** What expressions call `@params`, such as the parameters of the path. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** The language of formats, such as `"de-AT"`. Default: the `lang` of the page, or else `"en"`. */
  readonly locale?: string | undefined;
  /** The time zone of formats, such as `"Europe/Dublin"`. Default: `"UTC"`. */
  readonly timeZone?: string | undefined;
  /** The app's own formats, as in `connect`. */
  readonly formats?: Readonly<Record<string, FormatFunction>> | undefined;
  /** What became of a form that was sent without script. */
  readonly flash?: Flash | undefined;
  /** Whether the states are written into the page, so that its client need not wait for them. Default: `true`. */
  readonly embed?: boolean | undefined;
  /** The path and query of the page, to which forms without script lead back. Without it, forms need a script. */
  readonly returnTo?: string | undefined;
  /** Where the router is mounted. Default: what `na-connect` says, or `"/nasc"`. */
  readonly baseUrl?: string | undefined;
}

const optionKinds: kind.Kinds<RenderOptions> = {
  read: { ...kind.callback, isRequired: true },
  params: kind.record,
  locale: {
    ...kind.text,
    problem: (locale) =>
      isKnown(() => new Intl.NumberFormat(locale as string))
        ? undefined
        : ` is "${locale}", no language; pass one such as "en" or "de-AT"`,
  },
  timeZone: {
    ...kind.text,
    problem: (timeZone) =>
      isKnown(() => new Intl.DateTimeFormat("en", { timeZone: timeZone as string }))
        ? undefined
        : ` is "${timeZone}", no time zone; pass one such as "Europe/Dublin"`,
  },
  formats: kind.record,
  flash: kind.record,
  embed: kind.flag,
  returnTo: kind.text,
  baseUrl: kind.text,
};

const mostInstances = 50;
const mostRounds = 3;

const compiled = remembered(compile, 100);

/**
 * Paints a page with the states of its instances, as a browser shows it once it is connected. The page is read once;
 * the last hundred are remembered.
 *
 * @throws {TypeError} if an option is missing, misspelt, or not what it should be
 * @throws {Error} that names the line, if the page cannot be painted: an element whose content is replaced has no end
 * tag, or the type of a scope is not written out
 *
 * @example Paint a page
 * ```ts
 * import { renderPage } from "rian/ssr";
 *
 * const page = '<p na-scope="Counter:visits"><b na-bind="count">0</b> visits</p>';
 * const painted = await renderPage(page, {
 *   read: async () => ({ rev: 1, epoch: "e", state: { count: 12 } }),
 *   embed: false,
 * });
 * if (!painted.includes("<b na-bind=\"count\">12</b>")) throw new Error(painted);
 * ```
 */
export async function renderPage(html: string, given: RenderOptions): Promise<string> {
  const { options } = checkOptions("render the page", { html, options: given }, {
    html: { ...kind.text, isRequired: true },
    options: { ...kind.optionsOf<RenderOptions>(optionKinds), isRequired: true },
  });
  const page = compiled(html);
  for (const problem of page.problems) reportOnce(...problem);
  const states = new States(options.read);
  for (let round = 0;; round++) {
    const text = paintOnce(page, options, states);
    if (round === mostRounds || !await states.readWanted()) return text;
  }
}

/** The instances that a page shows. */
class States {
  readonly #read: RenderOptions["read"];
  readonly #known = new Map<
    string,
    { readonly frame: string; readonly state: object } | undefined
  >();
  readonly #wanted = new Map<string, Address>();

  constructor(read: RenderOptions["read"]) {
    this.#read = read;
  }

  /** Returns the state of an instance, and reads it in the next round if it is not known yet. */
  of(address: Address): object | undefined {
    const key = addressKey(address);
    if (!this.#known.has(key) && this.#known.size + this.#wanted.size < mostInstances) {
      this.#wanted.set(key, address);
    }
    return this.#known.get(key)?.state;
  }

  /** What a client takes over, as JSON. */
  get frames(): readonly string[] {
    return [...this.#known.values()].flatMap((known) => known ? [known.frame] : []);
  }

  /** Reads what is wanted, and returns whether there was anything. */
  async readWanted(): Promise<boolean> {
    const wanted = [...this.#wanted];
    this.#wanted.clear();
    await Promise.all(wanted.map(async ([key, { type, id }]) => {
      const seen = await this.#read(type, id);
      this.#known.set(key, seen && framed({ type, id }, seen));
    }));
    return wanted.length > 0;
  }
}

/** Returns an instance as a client sees it. */
function framed({ type, id }: Address, { rev, epoch, state }: PaintedInstance) {
  const text = toWire(state);
  const names = JSON.stringify({ type, instance: id, rev, epoch });
  return { frame: `${names.slice(0, -1)},"state":${text}}`, state: JSON.parse(text) as object };
}

function paintOnce(page: CompiledPage, options: RenderOptions, states: States): string {
  const { params = {}, locale = page.lang ?? "en", timeZone = "UTC", formats = {} } = options;
  const baseUrl = options.baseUrl ?? (page.connect || "/nasc");
  const locals = { ...unmoved, params };
  let isEnded = false;

  function end(painting: Painting): void {
    if (isEnded) return;
    isEnded = true;
    if (painting.hasButtons) {
      painting.text += `<form hidden id="${idOfButtons}" method="post"></form>`;
    }
    if (options.embed === false || states.frames.length === 0) return;
    const head = JSON.stringify({ locale, timeZone, ...(options.params && { params }) });
    painting.text += `<script type="application/json" na-snapshot>${
      escapeScript(`${head.slice(0, -1)},"states":[${states.frames.join()}]}`)
    }</script>`;
  }

  const level: Level = { value: undefined, above: undefined, locals };
  const painting: Painting = {
    text: "",
    address: undefined,
    outer: undefined,
    rows: [],
    rowsFrom: 0,
    choice: undefined,
    hasButtons: false,
    flash: options.flash,
    isFocused: false,
    formatsOf: formatting(formats, builtIn(locale, timeZone)),
    end,
    stateOf: (address) => states.of(address),
    locals,
    params,
    forms: options.returnTo === undefined
      ? undefined
      : { baseUrl: baseUrl.replace(/\/+$/, ""), returnTo: options.returnTo },
    report: reportOnce,
  };
  paint(page.segments, painting, level);
  end(painting);
  return painting.text;
}

/** What is so of an instance when its page has just been painted. */
const unmoved = {
  loading: false,
  live: false,
  stale: false,
  offline: false,
  pending: false,
  saved: false,
  refused: false,
};

type Formats = Readonly<Record<string, FormatFunction>>;

const madeFormats = remembered((key) => {
  const [locale, timeZone] = JSON.parse(key);
  return builtInFormats({ locale, timeZone });
}, 20);

function builtIn(locale: string, timeZone: string): Formats {
  return madeFormats(JSON.stringify([locale, timeZone]));
}

/** Returns what applies formats as the client does. */
function formatting(own: Formats, builtIn: Formats): (text: string) => ApplyFormat {
  return (text) => (value, { name, argument }) => {
    const format = [own, builtIn].find((formats) => Object.hasOwn(formats, name))?.[name];
    if (!format) {
      reportOnce("no-format", text, name);
      return value;
    }
    try {
      return format(value, argument);
    } catch (error) {
      reportOnce("format-failed", text, name, `${error}`);
      return value;
    }
  };
}

const reported = new Set<string>();
const mostReported = 1_000;

/** Reports a mistake in a page to its author, each one once. */
function reportOnce(problem: Problem, ...parts: readonly string[]): void {
  const text = textOf(problem, ...parts);
  if (reported.has(text) || reported.size === mostReported) return;
  reported.add(text);
  console.error(text);
}

function isKnown(make: () => unknown): boolean {
  try {
    make();
    return true;
  } catch {
    return false;
  }
}
