import type { ApplyFormat, Level } from "../page/evaluate.ts";
import type { Problem } from "../page/problems.ts";
import type { Address } from "../processor/address.ts";
import type { Flash } from "./flash.ts";

/** One part of a page: a text as it is, or what writes it. */
export type Segment = string | Paint;

/** Writes a part of a page that shows something of a level. */
export type Paint = (painting: Painting, level: Level) => void;

/** What a `<select>` around options shows. */
export interface Choice {
  readonly value: unknown;
  readonly isMultiple: boolean;
  /** Whether the one option was found. */
  isMade: boolean;
}

/** A page while it is painted once. */
export interface Painting {
  /** What is written so far. */
  text: string;
  /** The instance of the scope that is being painted. */
  address: Address | undefined;
  /** Where that scope is. */
  outer: Level | undefined;
  /** The keys of the rows that are being painted, the outermost first. */
  readonly rows: string[];
  /** Which of them is the first in the scope. */
  rowsFrom: number;
  /** What the `<select>` around shows. */
  choice: Choice | undefined;
  /** Whether buttons need a form at the end of the page. */
  hasButtons: boolean;
  readonly flash: Flash | undefined;
  /** Whether the field that was refused first has the focus already. */
  isFocused: boolean;
  /** What applies the formats of an expression. */
  readonly formatsOf: (text: string) => ApplyFormat;
  /** Writes what stands at the end of the body. */
  readonly end: (painting: Painting) => void;
  /** Returns the state of an instance, or `undefined` if there is none, or none yet. */
  readonly stateOf: (address: Address) => object | undefined;
  /** What is so of each instance of a page that has just been painted. */
  readonly locals: Readonly<Record<string, unknown>>;
  readonly params: Readonly<Record<string, unknown>>;
  /** Where forms without script are sent, and where they lead back to. */
  readonly forms: { readonly baseUrl: string; readonly returnTo: string } | undefined;
  readonly report: (problem: Problem, ...parts: readonly string[]) => void;
}

/** Writes parts of a page, one after the other. */
export function paint(segments: readonly Segment[], painting: Painting, level: Level): void {
  for (const segment of segments) {
    if (typeof segment === "string") painting.text += segment;
    else segment(painting, level);
  }
}
