import { describe } from "../shared/describe.ts";
import { equal } from "../shared/equal.ts";

/**
 * Returns the properties that differ between two states, each with its whole new value. A property that was removed
 * is present with the value `undefined`. Dates, maps, sets and typed arrays are compared by value, `NaN` equals itself,
 * `-0` differs from `0`, and the order of keys makes no difference.
 *
 * @throws {TypeError} if a state is not an object
 *
 * @example Get only what changed
 * ```ts
 * import { diff } from "rian";
 *
 * const changed = diff({ title: "Milk", done: false }, { done: true, title: "Milk" });
 * if (JSON.stringify(changed) !== '{"done":true}') throw new Error("expected only `done`");
 * ```
 */
export function diff(before: object | null | undefined, after: object): Record<string, unknown> {
  const old = stateOf(before ?? {}, "before");
  const next = stateOf(after, "after");
  const names = new Set([...Object.keys(old), ...Object.keys(next)]);
  const changed = [...names].filter((name) =>
    Object.hasOwn(old, name) !== Object.hasOwn(next, name) || !equal(old[name], next[name])
  );
  // fromEntries defines own properties, so no name reaches a prototype.
  return Object.fromEntries(
    changed.map((name) => [name, Object.hasOwn(next, name) ? next[name] : undefined]),
  );
}

function stateOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new TypeError(`Cannot diff: ${name} is ${describe(value)}; pass a state, an object`);
}
