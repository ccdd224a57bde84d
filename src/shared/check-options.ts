import { describe } from "./describe.ts";
import type { Kind, Kinds } from "./kinds.ts";

/**
 * Refuses arguments of the wrong kind, and options that are misspelt. Left alone, they fail later and elsewhere, or never:
 * a misspelt `authorize` lets everyone in.
 *
 * @param action What cannot be done, such as `"persist"`.
 * @param values The arguments by their names. Errors call the options in `options` by their own names.
 * @throws {TypeError} that names the first wrong one and says what to pass.
 */
export function checkOptions<Values extends object>(
  action: string,
  values: Values,
  kinds: Kinds<Values>,
): void {
  check(values as Record<string, unknown>, kinds, (problem) => {
    throw new TypeError(`Cannot ${action}: ${problem}`);
  });
}

function check(
  values: Readonly<Record<string, unknown>>,
  kinds: Readonly<Record<string, Kind>>,
  refuse: (problem: string) => never,
): void {
  for (const [name, { fits, cure, isRequired, options, each }] of Object.entries(kinds)) {
    const value = values[name];
    if (value === undefined && !isRequired) continue;
    if (!fits(value)) refuse(`${name} is ${nameOf(value)}; pass ${cure}`);
    const own = value as Readonly<Record<string, unknown>>;
    const path = name === "options" ? "" : `${name}.`;
    const refuseOwn = (problem: string) => refuse(path + problem);
    if (options) {
      assertKnown(own, Object.keys(options), refuseOwn);
      check(own, options, refuseOwn);
    } else if (each) {
      const names = Object.keys(own).filter((name) => !name.startsWith("_"));
      check(own, Object.fromEntries(names.map((name) => [name, each])), refuseOwn);
    }
  }
}

function assertKnown(
  options: Readonly<Record<string, unknown>>,
  known: readonly string[],
  refuse: (problem: string) => never,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || known.includes(name)) continue;
    refuse(`${name} is not an option; use ${known.join(", ")}`);
  }
}

function nameOf(value: unknown): string {
  if (value instanceof Promise) return "a promise that was not awaited";
  return typeof value === "string" ? `${describe(value)}, a string` : describe(value);
}
