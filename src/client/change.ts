import type { Operation } from "../processor/operations/operation.ts";

/** The state of an instance as a page has it. */
export type State = Readonly<Record<string, unknown>>;

/** Makes of a state what it will be after an event. */
export type Guess = (state: State) => State;

/** How the state that is shown has changed. */
export interface Change {
  /** The properties that have another value; `undefined` if all are to be shown. */
  readonly properties: ReadonlySet<string> | undefined;
  /** The operations that led to it from what was shown; `undefined` if there was more to it. */
  readonly operations: readonly Operation[] | undefined;
}

/** The change to a state that has nothing to do with the one before. */
export const wholeChange: Change = { properties: undefined, operations: undefined };

/** Returns how a state has changed. Two states that share a value have it from the same one. */
export function changeOf(
  before: State,
  after: State,
  operations: readonly Operation[] | undefined,
): Change {
  const names = Object.keys({ ...before, ...after });
  return {
    properties: new Set(names.filter((name) => before[name] !== after[name])),
    operations,
  };
}
