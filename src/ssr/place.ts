import { otherName } from "../page/attributes.ts";
import { ExpressionError, type Path } from "../page/expression.ts";
import type { Problem } from "../page/problems.ts";
import { decode } from "./markup/decode.ts";
import type { MarkupElement } from "./markup/element.ts";
import type { Markup } from "./markup/read-markup.ts";
import type { Attribute } from "./markup/tag.ts";

/** A page that is being compiled. */
export interface Source extends Markup {
  /** The fields of events that have a place for what is wrong with them in the form that sends these. */
  readonly placed: Map<string, Set<string>>;
  /** The fields that have such a place in rows. */
  readonly placedInRows: Set<string>;
  /** Notes a mistake of its author. */
  readonly report: (problem: Problem, ...parts: readonly string[]) => void;
}

/** The form around controls. */
export interface FormAround {
  /** Where the values of its named controls are, if it says so, and in how many rows that was said. */
  readonly bound: { readonly path: Path; readonly depth: number } | undefined;
  /** The event that it sends. */
  readonly event: string | undefined;
  /** The ids of the places for what is wrong with each field. */
  readonly errors: ReadonlyMap<string, string>;
}

/** Where an element is, as far as its attributes depend on that. */
export interface Surroundings {
  /** Whether its expressions read a state, or only what is so of the page. */
  readonly isScoped: boolean;
  /** Whether nothing is shown but the scopes in it. */
  readonly isSilent: boolean;
  /** The form around it. */
  readonly form: FormAround | undefined;
  /** Whether it is in a `<select>`. */
  readonly isInSelect: boolean;
  /** How many rows of lists it is in. */
  readonly depth: number;
  /** Whether it is in a row, or in what a condition shows, so that its attributes are filled in. */
  readonly isInRow: boolean;
  /** How many elements it is in whose content is not always written as it stands. */
  readonly nesting: number;
}

/** Returns an attribute of an element, by either name if it has two. */
export function attributeOf(element: MarkupElement, name: string): Attribute | undefined {
  const find = (wanted: string) => element.attributes.find((each) => each.name === wanted);
  const other = otherName(name);
  return find(name) ?? (other === undefined ? undefined : find(other));
}

/** Returns the text of an attribute, or `undefined`. */
export function textOf(
  { html }: Markup,
  element: MarkupElement,
  name: string,
): string | undefined {
  const found = attributeOf(element, name);
  return found && decode(html.slice(found.valueStart, found.valueEnd));
}

/** Refuses a page that cannot be painted, and names the line. */
export function refuse({ html }: Markup, at: number, problem: string): never {
  let line = 1;
  for (let next = html.indexOf("\n"); next >= 0 && next < at; next = html.indexOf("\n", next + 1)) {
    line++;
  }
  throw new Error(`Cannot render the page: line ${line}: ${problem}`);
}

/** Refuses an element whose content is replaced, but which has no end tag. */
export function needEnd(source: Markup, element: MarkupElement): void {
  if (element.isEnded) return;
  const { name, start } = element;
  refuse(source, start, `<${name}> has no end tag, and its content is replaced; write </${name}>`);
}

/** Notes what is wrong with an attribute, and goes on without it. */
export function attempt<Result>({ report }: Source, read: () => Result): Result | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(error.problem, ...error.parts);
    return undefined;
  }
}
