import type { FormPlan } from "./form-plan.ts";
import type { Segment } from "./frame.ts";
import type { StartTag } from "./start-tag.ts";
import type { PageElement } from "./tree.ts";

/** What is around an element while it is compiled. */
export interface Around {
  readonly source: string;
  /** How many rows of lists it is in. */
  readonly depth: number;
  /** Whether it is made of a template, so that its attributes are filled in. */
  readonly isMade: boolean;
  readonly form: FormPlan | undefined;
  /** The events of the scope's forms that have a place for what was refused. */
  readonly explained: Set<string>;
  /** Compiles an element inside. `mark` sets the attribute of one that a template has made. */
  readonly compileElement: (
    element: PageElement,
    around: Around,
    mark?: (start: StartTag) => void,
  ) => readonly Segment[];
}
