/**
 * Values as text, for backends that keep text. Only adapters import this module: the core has no dependency.
 *
 * Every stored text says how it was written. Format 1 is JSON, which other tools can read and query; format 2
 * is [devalue](https://github.com/sveltejs/devalue), for values that JSON would change. A later way of writing
 * gets the next number, and these two stay readable.
 *
 * @module
 */
import { parse, stringify } from "devalue";
import type { Key } from "./adapter.ts";
import { UnreadableEntryError } from "./errors.ts";
import { type ValueKind, valueKind } from "./value.ts";

/** A value as text. */
export interface EncodedValue {
  /** How the text was written: 1 is JSON, 2 is devalue. */
  readonly format: number;
  /** The value. */
  readonly text: string;
}

const JSON_FORMAT = 1;
const DEVALUE_FORMAT = 2;

/**
 * Encodes a value.
 *
 * @param kind What {@link valueKind} says of the value.
 * @throws {TypeError} naming the part of the value that cannot be stored.
 */
export function encodeValue(value: unknown, kind: ValueKind = valueKind(value)): EncodedValue {
  return kind === "json"
    ? { format: JSON_FORMAT, text: JSON.stringify(value) }
    : { format: DEVALUE_FORMAT, text: stringify(value) };
}

/**
 * The value that was encoded.
 *
 * @param entry Where it is stored.
 * @throws {UnreadableEntryError} when the text is damaged or of a format that this version does not know.
 */
export function decodeValue(
  { format, text }: EncodedValue,
  entry: { readonly type: string; readonly key: Key },
): unknown {
  if (format !== JSON_FORMAT && format !== DEVALUE_FORMAT) {
    const problem =
      `it is stored in format ${format}, which this version does not know; update rian`;
    throw new UnreadableEntryError(entry, problem);
  }
  try {
    return format === JSON_FORMAT ? JSON.parse(text) : parse(text);
  } catch (cause) {
    const problem = "the stored text is damaged; restore the entry or delete it";
    throw new UnreadableEntryError(entry, problem, { cause });
  }
}
