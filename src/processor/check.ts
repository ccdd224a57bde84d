import { NascError } from "./errors.ts";

/** What is wrong with a value: by the path of a field, and as a whole. */
export interface Problems {
  readonly fields: ReadonlyMap<string, string>;
  readonly whole: string | undefined;
}

/** What a schema says to a value. */
export type Verdict =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problems: Problems };

/** Options of a {@link Check}. */
export interface CheckOptions {
  /** What is checked, for the log, such as `"the payload of Board.add"`. */
  readonly name: string;
  /** Calls the schema by this name, and may give it up. */
  readonly limit: (name: string, call: () => unknown) => unknown;
}

/**
 * Returns what a schema says to a value.
 *
 * @throws {NascError} `timeout`, or what the schema itself throws for people
 * @throws {Error} if the schema fails, or breaks the rules of Standard Schema
 */
export type Check = (value: unknown, options: CheckOptions) => Promise<Verdict>;

/** What is said of a value, or a part of it, of which its schema says nothing to be read. */
export const notValid = "This is not valid";

/** Returns the refusal of what a page has sent. */
export function invalid({ fields, whole = notValid }: Problems): NascError {
  return new NascError("invalid", whole, {
    ...(fields.size > 0 && { fields: Object.fromEntries(fields) }),
  });
}
