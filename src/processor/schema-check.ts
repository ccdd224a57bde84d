import { memberOf } from "../shared/own.ts";
import { type Check, notValid, type Problems } from "./check.ts";
import { NascError } from "./errors.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** How many of its fields a refusal names at most. */
const maxFields = 100;
/** How many characters of a path, or of a sentence, a refusal shows. */
const maxLength = 500;

/** Returns the check of a schema. Only what defines handlers needs this, so whoever has no schemas downloads none of it. */
export function checkOf(schema: StandardSchema): Check {
  return async (value, { name, limit }) => {
    try {
      const result = await limit(`the check of ${name}`, () => schema["~standard"].validate(value));
      if (Object(result) !== result) throw new TypeError(`It returned ${typeof result}`);
      // Some libraries return an instance of a class, whose issues are inherited.
      const issues = memberOf(result, "issues");
      return issues === undefined
        ? { ok: true, value: memberOf(result, "value") }
        : { ok: false, problems: problemsOf(issues as Iterable<unknown>) };
    } catch (error) {
      if (error instanceof NascError) throw error;
      throw new Error(`Cannot check ${name}: its schema failed`, { cause: error });
    }
  };
}

function problemsOf(issues: Iterable<unknown>): Problems {
  const fields = new Map<string, string>();
  let whole: string | undefined;
  for (const issue of issues) {
    const message = memberOf(issue, "message");
    const text = typeof message === "string" && message !== ""
      ? message.slice(0, maxLength)
      : notValid;
    const path = pathOf(memberOf(issue, "path"));
    if (path === "") whole ??= text;
    else if (!fields.has(path)) fields.set(path, text);
    if (fields.size >= maxFields) break;
  }
  return { fields, whole };
}

/** Returns a path as a page names a field: `items.0.title`. */
function pathOf(path: unknown): string {
  return Array.from((path ?? []) as Iterable<unknown>, (step) => {
    return String(Object(step) === step ? memberOf(step, "key") : step);
  }).join(".").slice(0, maxLength);
}
