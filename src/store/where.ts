import {
  allOf,
  anyOf,
  type ComparedField,
  type Condition,
  equals,
  noneOf,
  type RangeEnd,
  type RangeOptions,
  startsWith,
  within,
} from "./condition.ts";
import { cannotQuery, queryBy, withDefaults } from "./errors.ts";
import type { PathValue } from "./schema.ts";

/** What a path leads to, as queries compare it. A tuple is an array like any other, not a compound value. */
export type FieldValue<T, P extends string> = PathValue<T, P> extends infer V
  ? V extends readonly (infer E)[] ? readonly E[] : V
  : never;

/** What a field of type `V` can be compared with: a value of `V`, or one element if `V` is an array. */
export type Operand<V> = V | Member<V>;

/** What `anyOf`, `allOf` and `noneOf` list for a field of type `V`: its values, or the elements of its arrays. */
export type Member<V> = V extends readonly (infer E)[] ? number extends V["length"] ? E : V : V;

const closed = { lowerOpen: false, upperOpen: false };

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
   * Finds documents whose field is the value. In a multi-entry field, a single value is one of the elements, and an
   * array is exactly the elements, in any order.
   */
  equals(value: Operand<V>): Found {
    return this.#build(equals(this.#field, value));
  }

  /** Finds documents whose field is one of the values, or has one as an element. */
  anyOf(values: readonly Member<V>[]): Found {
    return this.#build(anyOf(this.#field, values));
  }

  /** Finds documents whose field has each of the values as an element. */
  allOf(values: readonly Member<V>[]): Found {
    return this.#build(allOf(this.#field, values));
  }

  /** Finds documents whose field is none of the values, or missing. Needs an ordered index. */
  noneOf(values: readonly Member<V>[]): Found {
    return this.#ordered(noneOf(this.#field, values));
  }

  /** Finds documents whose field is greater than the value. Needs an ordered index, like all comparisons below. */
  above(value: V): Found {
    return this.#within([-1, value, true]);
  }

  /** Finds documents whose field is the value or greater. */
  aboveOrEqual(value: V): Found {
    return this.#within([-1, value, false]);
  }

  /** Finds documents whose field is less than the value. */
  below(value: V): Found {
    return this.#within([1, value, true]);
  }

  /** Finds documents whose field is the value or less. */
  belowOrEqual(value: V): Found {
    return this.#within([1, value, false]);
  }

  /** Finds documents whose field lies between two values of one type, both of which belong to the range. */
  between(lower: V, upper: V, options?: RangeOptions): Found {
    const { lowerOpen, upperOpen } = options === undefined
      ? closed
      : withDefaults<RangeOptions>(closed, queryBy(this.#field), options);
    return this.#within([-1, lower, lowerOpen], [1, upper, upperOpen]);
  }

  /** Finds documents whose field is a string that starts with the prefix. */
  startsWith(prefix: Extract<V, string>): Found {
    return this.#ordered(startsWith(this.#field, prefix));
  }

  #within(...range: readonly RangeEnd[]): Found {
    return this.#ordered(within(this.#field, range));
  }

  #ordered(added: Condition): Found {
    const { isMultiEntry, isOrdered, paths } = this.#field;
    if (isOrdered) return this.#build(added, paths);
    throw cannotQuery(
      this.#field,
      `its index has no order; ${isMultiEntry ? "" : "add it to ordered, or "}use filter`,
    );
  }
}
