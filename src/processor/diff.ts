import { equal } from "../shared/equal.ts";

/**
 * Returns the properties that differ between two states, each with its whole new value. A property that was removed
 * is present with the value `undefined`. Dates, maps, sets and typed arrays are compared by value, `NaN` equals itself,
 * `-0` differs from `0`, and the order of keys makes no difference.
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
  const old = (before ?? {}) as Record<string, unknown>;
  const next = after as Record<string, unknown>;
  const names = new Set([...Object.keys(old), ...Object.keys(next)]);
  const changed = [...names].filter((name) =>
    Object.hasOwn(old, name) !== Object.hasOwn(next, name) || !equal(old[name], next[name])
  );
  // fromEntries defines own properties, so no name reaches a prototype.
  return Object.fromEntries(
    changed.map((name) => [name, Object.hasOwn(next, name) ? next[name] : undefined]),
  );
}
