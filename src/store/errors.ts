import { describe } from "../shared/describe.ts";
import { isPlainObject } from "./copy.ts";

/** What an argument may have to be. */
export type ArgumentKind = "boolean" | "function" | "list" | "plain object" | "string";

/** The field that a query cannot be run by, and its collection. */
export interface QueriedField {
  readonly collection: string;
  readonly name: string;
}

/** Returns what a query does with a field, as errors say it. */
export function queryBy({ collection, name }: QueriedField): string {
  return `query ${collection} by "${name}"`;
}

/** Returns the error of a query that cannot run; `problem` says what is wrong and what to do. */
export function cannotQuery(field: QueriedField, problem: string): TypeError {
  return new TypeError(`Cannot ${queryBy(field)}: ${problem}`);
}

/** Returns what is wrong with an argument of the wrong kind, and what to do. */
export function notA(kind: string, value: unknown): string {
  return `${describe(value)} is not a ${kind}; pass one`;
}

/**
 * Refuses an argument of the wrong kind.
 *
 * @param action What cannot be done with it, such as `"sort a query"`.
 * @throws {TypeError} that names the argument and what to pass.
 */
export function assertKind(kind: ArgumentKind, action: string, value: unknown): void {
  if (kindOf(value) !== kind) throw new TypeError(`Cannot ${action}: ${notA(kind, value)}`);
}

/**
 * Returns options laid over their defaults. What an object inherits is no option.
 *
 * @param defaults The value of each option that is `undefined`, of the kind that it has to be.
 * @throws {TypeError} that names an option that is misspelt, or has a value of the wrong kind.
 */
export function withDefaults<Options extends object>(
  defaults: Required<Options>,
  action: string,
  options: Options,
): Required<Options> {
  assertKind("plain object", action, options);
  const all: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(all, name)) {
      throw new TypeError(
        `Cannot ${action}: ${name} is not an option; use ${Object.keys(all).join(", ")}`,
      );
    }
    if (value === undefined) continue;
    assertKind(kindOf(all[name]), `${action} with ${name}`, value);
    all[name] = value;
  }
  return all as Required<Options>;
}

function kindOf(value: unknown): ArgumentKind {
  if (Array.isArray(value)) return "list";
  return isPlainObject(value) ? "plain object" : typeof value as ArgumentKind;
}
