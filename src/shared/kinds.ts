/**
 * What arguments and options may be.
 *
 * @module
 */
import { memberOf } from "./own.ts";

/** What an argument or an option may be. */
export interface Kind {
  /** Returns whether a value is of this kind. */
  readonly fits: (value: unknown) => boolean;
  /** What to pass, such as `"a function"`. */
  readonly cure: string;
  /** Returns what else is wrong with a value that fits, as it follows its name: `".add is 5; pass a function"`. */
  readonly problem?: (value: unknown) => string | undefined;
  /** Whether it has to be there. */
  readonly isRequired?: boolean;
  /** The kinds of an object's own values, by the only names that it may have. */
  readonly options?: Readonly<Record<string, Kind>>;
  /** The kind of a list's elements, or of an object's own values, save those with names that begin with `_`. */
  readonly each?: Kind;
}

/** The kind of each option; the compiler reports one that is missing. */
export type Kinds<Options> = { readonly [Name in keyof Options]-?: Kind };

/** Returns whether a value has all of these methods. */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof memberOf(value, name) === "function");
}

/** Anything at all. */
export const anything: Kind = { fits: () => true, cure: "anything" };

/** A function. */
export const callback: Kind = {
  fits: (value) => typeof value === "function",
  cure: "a function",
};

/** A boolean. */
export const flag: Kind = {
  fits: (value) => typeof value === "boolean",
  cure: "true or false",
};

/** A string. */
export const text: Kind = {
  fits: (value) => typeof value === "string",
  cure: "a string",
};

/** An object that is no list. */
export const record: Kind = {
  fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  cure: "an object",
};

/** Returns the kind of an object that has these options and no others. */
export function optionsOf<Options>(options: Kinds<Options>): Kind {
  return { ...record, options };
}

/** How long to wait; `Infinity` is forever. */
export const milliseconds: Kind = {
  fits: (value) => typeof value === "number" && value >= 0,
  cure: "milliseconds, a number from 0 up",
};

/** How long something lasts, which neither is over at once nor never ends. */
export const duration: Kind = {
  fits: (value) => typeof value === "number" && value > 0 && value < Infinity,
  cure: "milliseconds, a number above 0",
};

/** How long something may take or last; `Infinity` is forever. */
export const deadline: Kind = {
  fits: (value) => typeof value === "number" && value > 0,
  cure: "milliseconds, a number above 0, or Infinity",
};

/** How often something is tried at most; `Infinity` is without end. */
export const attempts: Kind = {
  fits: (value) => value === Infinity || Number.isInteger(value) && (value as number) > 0,
  cure: "a whole number from 1 up",
};

/** What tells the time. */
export const timepiece: Kind = {
  fits: (value) => hasMethods(value, "now"),
  cure: "an object with now",
};

/** What tells the time and sets timers. */
export const clock: Kind = {
  fits: (value) => hasMethods(value, "now", "setTimeout", "clearTimeout"),
  cure: "an object with now, setTimeout and clearTimeout",
};
