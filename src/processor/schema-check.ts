import { memberOf } from "../shared/own.ts";
import type { Limit } from "./call-handler.ts";
import { NascError } from "./errors.ts";
import type { StandardSchema } from "./standard-schema.ts";

/** How many of its fields a refusal names at most. */
const maxFields = 100;
/** How many characters of a path, or of a sentence, a refusal shows. */
const maxLength = 500;
const notValid = "This is not valid";

/** What is wrong with a value: by the path of a field, and as a whole. */
export interface Problems {
  readonly fields: ReadonlyMap<string, string>;
  readonly whole: string | undefined;
}

/** What a schema says to a value. */
export type Verdict =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: Problems };

/** Options of {@link judge}. */
export interface CheckOptions {
  /** What is checked, for the log, such as `"the payload of Board.add"`. */
  readonly name: string;
  readonly limit: Limit;
}

/**
 * Returns what a schema says to a value.
 *
 * @throws {NascError} `timeout`, or what the schema itself throws for people
 * @throws {Error} if the schema fails, or breaks the rules of Standard Schema
 */
export async function judge(
  schema: StandardSchema,
  value: unknown,
  { name, limit }: CheckOptions,
): Promise<Verdict> {
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
}

/** Returns the refusal of what a page has sent. */
export function invalid({ fields, whole = notValid }: Problems): NascError {
  return new NascError("invalid", whole, {
    ...(fields.size > 0 && { fields: Object.fromEntries(fields) }),
  });
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
