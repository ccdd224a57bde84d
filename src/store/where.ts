import * as condition from "./condition.ts";
import type { Condition } from "./condition.ts";
import type { Field } from "./field.ts";
import type { Operand, Query } from "./query.ts";
import { describe, typeRank } from "./scalar.ts";
import type { Key } from "./schema.ts";

/** What `anyOf`, `allOf` and `noneOf` list for a field of type `V`: its values, or the elements of its arrays. */
export type Element<V> = V extends readonly (infer E)[] ? number extends V["length"] ? E : V : V;

/** Whether the ends of a range belong to it; they do unless it is said otherwise. */
export interface RangeOptions {
  /** Leaves out documents at the lower end. */
  readonly lowerOpen?: boolean;
  /** Leaves out documents at the upper end. */
  readonly upperOpen?: boolean;
}

/**
 * A field about to be compared. Dates compare by time, `0` equals `-0`, and `NaN` equals itself.
 *
 * A range holds values of one type: `below(5)` finds numbers only, neither `null` nor missing fields.
 */
export class Where<T extends object, K extends Key, V, Read = Readonly<T>> {
  readonly #field: Field;
  readonly #build: (added: Condition, order?: readonly string[]) => Query<T, K, Read>;

  /** @internal */
  constructor(
    field: Field,
    build: (added: Condition, order?: readonly string[]) => Query<T, K, Read>,
  ) {
    this.#field = field;
    this.#build = build;
  }

  /**
   * The field is the value. In a multi-entry field, a single value is one of its elements, and an array is exactly
   * its elements in any order.
   */
  equals(value: Operand<V>): Query<T, K, Read> {
    return this.#build(condition.equals(this.#field, value));
  }

  /** The field is one of the values, or an element of it is. */
  anyOf(values: readonly Element<V>[]): Query<T, K, Read> {
    return this.#build(condition.anyOf(this.#field, values));
  }

  /** Each of the values is an element of the field. */
  allOf(values: readonly Element<V>[]): Query<T, K, Read> {
    return this.#build(condition.allOf(this.#field, values));
  }

  /** The field is none of the values; documents without the field count too. Needs an ordered index. */
  noneOf(values: readonly Element<V>[]): Query<T, K, Read> {
    return this.#ordered(condition.noneOf(this.#field, values));
  }

  /** The field is greater than the value. Needs an ordered index, as do all comparisons that follow. */
  above(value: V): Query<T, K, Read> {
    return this.#within({ lower: value }, (own) => this.#compare(own, value) > 0 ? 0 : -1);
  }

  /** The field is the value or greater. */
  aboveOrEqual(value: V): Query<T, K, Read> {
    return this.#within({ lower: value }, (own) => this.#compare(own, value) >= 0 ? 0 : -1);
  }

  /** The field is less than the value. */
  below(value: V): Query<T, K, Read> {
    return this.#within({ upper: value }, (own) => this.#compare(own, value) < 0 ? 0 : 1);
  }

  /** The field is the value or less. */
  belowOrEqual(value: V): Query<T, K, Read> {
    return this.#within({ upper: value }, (own) => this.#compare(own, value) <= 0 ? 0 : 1);
  }

  /** The field lies between two values of one type, both of which belong to the range. */
  between(lower: V, upper: V, options: RangeOptions = {}): Query<T, K, Read> {
    const { lowerOpen = false, upperOpen = false } = options;
    if (typeRank(lower) !== typeRank(upper)) {
      throw new TypeError(
        `Cannot compare "${this.#field.name}" with a range from ${describe(lower)} to ${
          describe(upper)
        }: the types differ; pass values of one type`,
      );
    }
    return this.#within({ lower, upper }, (own) => {
      const fromLower = this.#compare(own, lower);
      if (fromLower < 0 || (lowerOpen && fromLower === 0)) return -1;
      const fromUpper = this.#compare(own, upper);
      return fromUpper > 0 || (upperOpen && fromUpper === 0) ? 1 : 0;
    });
  }

  /** The field is a string that starts with the prefix. */
  startsWith(prefix: Extract<V, string>): Query<T, K, Read> {
    if (typeof prefix !== "string") {
      throw new TypeError(
        `Cannot compare "${this.#field.name}" with a prefix: ${
          describe(prefix)
        } is no string; pass one`,
      );
    }
    return this.#within({ lower: prefix }, (own) => {
      const text = own as string;
      return text.startsWith(prefix) ? 0 : text < prefix ? -1 : 1;
    });
  }

  #compare(own: unknown, value: unknown): number {
    return this.#field.compare(own, value);
  }

  #within(range: condition.Range, side: (own: unknown) => number): Query<T, K, Read> {
    return this.#ordered(condition.within(this.#field, range, side));
  }

  #ordered(added: Condition): Query<T, K, Read> {
    const { isOrdered, collection, name, paths } = this.#field;
    if (isOrdered) return this.#build(added, paths);
    throw new TypeError(
      `Cannot compare ${collection} by "${name}": its index has no order; add it to ordered, or use filter`,
    );
  }
}
