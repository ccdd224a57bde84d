import { ExpressionError, type Path } from "../page/expression.ts";
import { parseValue, type Value } from "../page/value.ts";
import type { Drafts } from "./drafts.ts";
import type { Guessing } from "./guessing.ts";
import { type ReadingOptions, remembering } from "./reading.ts";
import type { Report } from "./report.ts";

/** Options of `scan` that are the same in the whole page. */
export interface PageScanOptions extends Pick<ReadingOptions, "formatting"> {
  /** Reports a mistake in the page to its author, each one once. */
  readonly report: Report;
  readonly drafts: Drafts;
  readonly guesses: Pick<Guessing, "load">;
  /** Hears that rows with scopes in them have come, gone or got other names. */
  readonly moved: () => void;
  /** Whether controls show the properties of their names where no form says so. */
  readonly names: boolean;
  /** Listens at an element for what its `na-on` says. */
  readonly hear: (element: Element, text: string) => void;
  /** What to ask before an event of an element is sent. */
  readonly questions: WeakMap<Element, string>;
}

/** Options of `scan`. */
export interface ScanOptions extends PageScanOptions, ReadingOptions {
  /** Whether a server has painted the state that is shown. */
  readonly isPainted: boolean;
  /** The elements that are bound already, including rows. */
  readonly seen: WeakSet<Element>;
  /** What the form around shows in its named controls; `undefined` if there is none. */
  readonly form?: { readonly path: Path; readonly depth: number } | undefined;
}

/** Returns what an attribute says that holds one value. */
export const valueOf: (text: string) => Value = remembering(parseValue);

/** Reports what is wrong with an attribute, and goes on without it. */
export function attempt({ report }: ScanOptions, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(error.problem, ...error.parts);
  }
}

/** Reports that a state would run or load something, which is left out. */
export function reportUnsafe(name: string, element: string, { report }: ScanOptions): void {
  report("unsafe", name, element);
}
