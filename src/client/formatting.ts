import type { ApplyFormat } from "../page/evaluate.ts";
import type { FormatFunction } from "../page/formats.ts";
import { get } from "./dom.ts";
import type { Painting } from "./painting.ts";
import type { Report } from "./report.ts";

type Formats = Readonly<Record<string, FormatFunction>>;

/** Options of {@link Formatting}. */
export interface FormattingOptions {
  /** The app's own formats. */
  readonly formats: Formats;
  /** What the server has shown them in. */
  readonly painting: Painting;
  /** Reports a mistake in the page to its author, each one once. */
  readonly report: Report;
  /** Called when there are more formats, so what was shown without them is to be shown again. */
  readonly loaded: () => void;
}

/** Applies formats: the app's own, and those that are loaded when a page first uses one. */
export class Formatting {
  readonly #options: FormattingOptions;
  #builtIn: Formats | undefined;
  #isLoading = false;

  constructor(options: FormattingOptions) {
    this.#options = options;
  }

  /** Another object for each set of formats. */
  get known(): unknown {
    return this.#builtIn;
  }

  /** Returns what applies the formats of an expression, which its author wrote as `text`. */
  of(text: string): ApplyFormat {
    return (value, { name, argument }) => {
      const format = [this.#options.formats, this.#builtIn ?? {}]
        .find((formats) => Object.hasOwn(formats, name))?.[name];
      if (!format && !this.#builtIn) void this.#load();
      else if (!format) this.#options.report("no-format", text, name);
      try {
        return format ? format(value, argument) : value;
      } catch (error) {
        this.#options.report("format-failed", text, name, `${error}`);
        return value;
      }
    };
  }

  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      const { builtInFormats } = await import("./formats.ts");
      const { locale = get(get(document, "documentElement"), "lang"), timeZone } =
        this.#options.painting;
      this.#builtIn = builtInFormats({ locale, timeZone });
      this.#options.loaded();
    } catch {
      // The next value tries again; until then they are shown plainly.
    } finally {
      this.#isLoading = false;
    }
  }
}
