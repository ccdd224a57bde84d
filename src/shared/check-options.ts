import { describe } from "./describe.ts";
import type { Kind, Kinds } from "./kinds.ts";
import { own } from "./own.ts";

/**
 * Refuses arguments of the wrong kind, and options that are misspelt. Left alone, they fail later and elsewhere, or never:
 * a misspelt `authorize` lets everyone in.
 *
 * @param action What cannot be done, such as `"persist"`.
 * @param values The arguments by their names. Errors call the options in `options` by their own names.
 * @returns The same arguments, with options that have every name of their kinds as their own, so nothing is inherited.
 * @throws {TypeError} that names the first wrong one and says what to pass.
 */
export function checkOptions<Values extends object>(
  action: string,
  values: Values,
  kinds: Kinds<Values>,
): Values {
  return check(values as Record<string, unknown>, { action, path: "", kinds }) as Values;
}

function check(
  values: object,
  { action, path, kinds = {}, each }: {
    readonly action: string;
    readonly path: string;
    readonly kinds?: Readonly<Record<string, Kind>> | undefined;
    readonly each?: Kind | undefined;
  },
): Record<string, unknown> {
  const checked: Record<string, unknown> = own(values) as Record<string, unknown>;
  for (const name of Object.keys({ ...values, ...kinds })) {
    const found = Object.hasOwn(kinds, name) ? kinds[name] : each;
    const kind = found && own(found);
    // Now each name is there, though its value may be undefined.
    const value = checked[name];
    checked[name] = value;
    if (value === undefined && !kind?.isRequired) continue;
    const mistake = !kind
      ? ` is not an option; use ${Object.keys(kinds).join(", ")}`
      : kind.fits(value)
      ? kind.problem?.(value)
      : ` is ${nameOf(value)}; pass ${kind.cure}`;
    if (mistake) throw new TypeError(`Cannot ${action}: ${path}${name}${mistake}`);
    // Where a text may stand for an object, it has no options.
    if (Object(value) === value && (kind?.options || kind?.each)) {
      const inner = check(value as object, {
        action,
        path: name === "options" ? "" : `${path}${name}.`,
        kinds: kind.options,
        each: kind.each,
      });
      if (kind.options) checked[name] = inner;
    }
  }
  return checked;
}

/** Returns a value as errors name it that refuse it. */
export function nameOf(value: unknown): string {
  if (value instanceof Promise) return "a promise that was not awaited";
  return typeof value === "string" ? `${describe(value)}, a string` : describe(value);
}
