import { isRecord } from "./record.ts";
import { equal } from "../../shared/equal.ts";

/**
 * Returns whether two values are the same once they are JSON: an `undefined` property is absent, and an `undefined`
 * item is `null`. What JSON has no words for is compared by value, and `0` differs from `-0`.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one)) return Array.isArray(other) && sameItems(one, other);
  if (isRecord(one)) return isRecord(other) && sameProperties(one, other);
  return equal(one ?? null, other ?? null);
}

function sameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) {
    if (!sameValue(one[index], other[index])) return false;
  }
  return true;
}

function sameProperties(
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): boolean {
  let left = 0;
  for (const name of Object.keys(other)) if (other[name] !== undefined) left++;
  for (const name of Object.keys(one)) {
    if (one[name] === undefined) continue;
    if (!Object.hasOwn(other, name) || other[name] === undefined) return false;
    if (!sameValue(one[name], other[name])) return false;
    left--;
  }
  return left === 0;
}
