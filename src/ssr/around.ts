import type { FormPlan } from "./form-plan.ts";

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
}
