import { tagOf } from "../shared/describe.ts";

/** Returns whether a value is an object with properties: no list, date, map or set. */
export function isState(value: unknown): value is object {
  return typeof value === "object" && value !== null && tagOf(value) === "Object";
}
