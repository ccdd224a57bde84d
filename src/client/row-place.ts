import { having, naEach, naKey, naKeyVal } from "../page/attributes.ts";
import type { Path } from "../page/expression.ts";
import { attribute, closest, get, matches } from "./dom.ts";
import { closestScope, isScope } from "./scope-elements.ts";

/** The item of a list that a row shows. */
export interface RowStep {
  /** The names that lead to an item's key. */
  readonly key: readonly string[];
  /** The text of its key. */
  readonly text: string;
}

/** A property, or an item of a list. */
export type Step = string | RowStep;

const each = `template${having(naEach)}`;

/**
 * Returns what leads from a state to the level that an element is in, and before it to each level around that: the
 * state first.
 *
 * @throws {Error} if the rows of a list have no keys, so that one cannot be told from another
 */
export function stepsAround(
  element: Element,
  parse: (text: string) => Path,
): readonly (readonly Step[])[] {
  const row = closest(element, `[${naKeyVal}]`);
  // A row that is a scope is in the list of another instance.
  if (!row || isScope(row) || closestScope(row) !== closestScope(element)) return [[]];
  let template: Element | null = row;
  while (template && !matches(template, each)) template = get(template, "nextElementSibling");
  const levels = stepsAround(get(row, "parentElement")!, parse);
  const list = parse(attribute(template!, naEach)!);
  const keyed = attribute(template!, naKey);
  if (!keyed) throw new Error("Its rows have no keys");
  const { names: key } = parse(keyed);
  const item = { key, text: attribute(row, naKeyVal)! };
  return [...levels, [...levels[levels.length - 1 - list.up]!, ...list.names, item]];
}
