import {
  allOf,
  anyOf,
  type ComparedField,
  type Condition,
  equals,
  noneOf,
  type Range,
  type RangeOptions,
  within,
} from "./condition.ts";
import { cannotQuery } from "./errors.ts";
import { describe } from "./scalar.ts";
import type { PathValue } from "./schema.ts";

/** What a path leads to, as it is compared: a tuple is an array like any other, unlike the values of a compound index. */
export type FieldValue<T, P extends string> = PathValue<T, P> extends infer V
  ? V extends readonly (infer E)[] ? readonly E[] : V
  : never;

/** What a field of type `V` can be compared with: itself, or for an array field one element. */
export type Operand<V> = V | Member<V>;

/** What `anyOf`, `allOf` and `noneOf` list for a field of type `V`: its values, or the elements of its arrays. */
export type Member<V> = V extends readonly (infer E)[] ? number extends V["length"] ? E : V : V;

/**
 * A field about to be compared. Dates compare by time, `0` equals `-0`, and `NaN` equals itself.
 *
 * A range holds values of one type: `below(5)` finds numbers only, neither `null` nor missing fields.
 */
export class Where<V, Found> {
  readonly #field: ComparedField;
  readonly #build: (added: Condition, order?: readonly string[]) => Found;

  /** @internal */
  constructor(
    field: ComparedField,
    build: (added: Condition, order?: readonly string[]) => Found,
  ) {
    this.#field = field;
    this.#build = build;
  }

  /**
   * The field is the value. In a multi-entry field, a single value is one of its elements, and an array is exactly
   * its elements in any order.
   */
  equals(value: Operand<V>): Found {
    return this.#build(equals(this.#field, value));
  }

  /** The field is one of the values, or an element of it is. */
  anyOf(values: readonly Member<V>[]): Found {
    return this.#build(anyOf(this.#field, values));
  }

  /** Each of the values is an element of the field. */
  allOf(values: readonly Member<V>[]): Found {
    return this.#build(allOf(this.#field, values));
  }

  /** The field is none of the values; documents without the field count too. Needs an ordered index. */
  noneOf(values: readonly Member<V>[]): Found {
    return this.#ordered(noneOf(this.#field, values));
  }

  /** The field is greater than the value. Needs an ordered index, as do all comparisons that follow. */
  above(value: V): Found {
    return this.#within({ lower: value, lowerOpen: true });
  }

  /** The field is the value or greater. */
  aboveOrEqual(value: V): Found {
    return this.#within({ lower: value });
  }

  /** The field is less than the value. */
  below(value: V): Found {
    return this.#within({ upper: value, upperOpen: true });
  }

  /** The field is the value or less. */
  belowOrEqual(value: V): Found {
    return this.#within({ upper: value });
  }

  /** The field lies between two values of one type, both of which belong to the range. */
  between(lower: V, upper: V, options: RangeOptions = {}): Found {
    return this.#within({ ...options, lower, upper });
  }

  /** The field is a string that starts with the prefix. */
  startsWith(prefix: Extract<V, string>): Found {
    if (typeof prefix !== "string") {
      throw cannotQuery(this.#field, `${describe(prefix)} is no prefix; pass a string`);
    }
    // Up to the first string that is greater than all those with the prefix, if there is one.
    const last = prefix.search(/[^\uffff]\uffff*$/);
    const next = String.fromCharCode(prefix.charCodeAt(last) + 1);
    return this.#within({
      lower: prefix,
      ...last >= 0 && { upper: prefix.slice(0, last) + next, upperOpen: true },
    });
  }

  #within(range: Range): Found {
    return this.#ordered(within(this.#field, range));
  }

  #ordered(added: Condition): Found {
    const { isOrdered, paths } = this.#field;
    if (isOrdered) return this.#build(added, paths);
    throw cannotQuery(
      this.#field,
      "its index has no order; add it to ordered, or use filter",
    );
  }
}
