import type { ApplyFormat, Level } from "../page/evaluate.ts";
import type { Flash } from "../page/flash.ts";
import type { Address } from "../processor/address.ts";

/** What a page shows of an instance: what a stream would say first. */
export interface PageState {
  /** The instance's revision. */
  readonly rev: number;
  /** Which creation of the instance this is. */
  readonly epoch: string;
  /** The state, as this viewer sees it. */
  readonly state: object;
}

/** What a page is rendered with. */
export interface Painter {
  readonly apply: ApplyFormat;
  readonly locals: Readonly<Record<string, unknown>>;
  /** The origin of the page, to which its forms may be sent. */
  readonly origin: string;
  readonly baseUrl: string;
  /** The path and query of the page; `undefined` if its forms take a script. */
  readonly returnTo: string | undefined;
  readonly flash: Flash | undefined;
  /** Returns what there is to show of an instance, and asks for it if that is not known yet. */
  stateOf(address: Address): PageState | undefined;
  /** Returns the id of the empty form that buttons belong to, which the page gets. */
  emptyForm(): string;
  /** Returns whether an element is the first that asks. */
  isFirst(element: object): boolean;
  /** Returns what belongs at the beginning of the head. */
  head(): string;
  /** Returns what belongs at the end of the body. */
  tail(): string;
}

/** What is around a place in the page while it is rendered. */
export interface Frame {
  readonly painter: Painter;
  readonly level: Level;
  /** Whether there is a state; without one, the markup stays as it is. */
  readonly hasState: boolean;
  /** The scope around it, whose events can be sent. */
  readonly address: Address | undefined;
  /** The keys of the rows around it, the outermost first. */
  readonly rows: readonly string[];
  /** What the `<select>` around it shows. */
  readonly chosen?: { readonly value: unknown; readonly isMultiple: boolean } | undefined;
  /** What was refused of the scope's events. */
  readonly flash?: Flash | undefined;
  /** The same in the form that sent it. */
  readonly refused?: Flash | undefined;
}

/** A part of the page: as it is written, or made for what is around it. */
export type Segment = string | ((frame: Frame) => string);

/** Returns segments as one text. */
export function join(segments: readonly Segment[], frame: Frame): string {
  let text = "";
  for (const segment of segments) text += typeof segment === "string" ? segment : segment(frame);
  return text;
}
