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
import { type ValueKind, valueKind } from "./value.ts";

/** A value as text. */
export interface EncodedValue {
  readonly format: number;
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
 * @param entry What errors call the value, such as `"user/42"`.
 * @throws {Error} naming the entry when the text is damaged or of a format that this version does not know.
 */
export function decodeValue({ format, text }: EncodedValue, entry: string): unknown {
  if (format !== JSON_FORMAT && format !== DEVALUE_FORMAT) {
    throw new Error(
      `Cannot read ${entry}: it is stored in format ${format}, which this version of rian does not ` +
        "know; update rian",
    );
  }
  try {
    return format === JSON_FORMAT ? JSON.parse(text) : parse(text);
  } catch (cause) {
    throw new Error(
      `Cannot read ${entry}: the stored text is damaged; restore the entry or delete it`,
      { cause },
    );
  }
}
