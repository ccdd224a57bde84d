import { accesses } from "./access.ts";
import type { CollectionState } from "./collection-state.ts";
import type { Condition } from "./condition.ts";
import { type Document, type Field, fieldOf } from "./field.ts";
import { type Plan, planOf } from "./plan.ts";
import type { QuerySpec } from "./query-spec.ts";
import { compare } from "./scalar.ts";
import { tracker } from "./tracking.ts";

/** One run of a query. */
export class Execution {
  readonly #state: CollectionState;
  readonly #spec: QuerySpec;
  /** The conditions that the plan leaves to check. */
  readonly #conditions: readonly Condition[];
  #order: Field | undefined;
  readonly plan: Plan;

  constructor(state: CollectionState, spec: QuerySpec) {
    this.#state = state;
    // A cursor needs a total order, and the order of insertion is none once the document of the cursor is gone.
    this.#spec = spec.after && !spec.order ? { ...spec, order: [] } : spec;
    this.plan = planOf(accesses(state, this.#spec, this.#compare), spec);
    const { meets } = this.plan.access;
    this.#conditions = spec.conditions.filter((condition) => !meets.includes(condition));
  }

  /** Counts the documents that the query finds. */
  count(): number {
    const { offset, limit } = this.#spec;
    const { isExact, count } = this.plan.access;
    if (!isExact || this.#mustLook()) return this.slots().length;
    this.#track();
    return Math.min(Math.max(0, count - offset), limit);
  }

  /** Returns the slots of the documents that the query finds, in order. */
  slots(): readonly number[] {
    const { offset, limit, order, reverse } = this.#spec;
    const end = offset + limit;
    let slots = this.#found(end);
    if (!this.plan.access.inOrder) {
      slots = order ? this.#sorted(slots) : slots.toSorted((a, b) => a - b);
      if (reverse) slots = slots.toReversed();
    }
    if (offset > 0 || slots.length > limit) slots = slots.slice(offset, end);
    this.#track(slots);
    return slots;
  }

  /** Returns the slots of all matches, or those up to `end` if they come in order. */
  #found(end: number): readonly number[] {
    const { find, inOrder } = this.plan.access;
    const wanted = inOrder ? end : Infinity;
    if (!this.#mustLook()) return find(0, wanted);
    const found: number[] = [];
    // Pages that grow, because a query with a limit often ends in the first one.
    for (let from = 0, size = 64; found.length < wanted; from += size, size *= 2) {
      const page = find(from, from + size);
      if (page.length === 0) break;
      for (const slot of page) {
        if (found.length < wanted && this.#matches(slot)) found.push(slot);
      }
    }
    return found;
  }

  /** Returns whether the access may lead to documents that the query does not find. */
  #mustLook(): boolean {
    const { filters, after } = this.#spec;
    return this.#conditions.length + filters.length > 0 || after !== undefined;
  }

  /** Returns whether a document meets what the access leaves open. */
  #matches(slot: number): boolean {
    const { filters, after, reverse } = this.#spec;
    const { table } = this.#state;
    const document = table.peek(slot)!;
    for (const condition of this.#conditions) if (!condition.matches(document)) return false;
    if (after) {
      const side = this.#compare(document, after);
      if (reverse ? side >= 0 : side <= 0) return false;
    }
    return filters.length === 0 || filters.every((filter) => filter(table.read(slot)));
  }

  /** Sorts slots in the order of the query. Reads what it sorts by once for each document, not for each comparison. */
  #sorted(slots: readonly number[]): number[] {
    const { read, compare: compareValues } = this.#field;
    const sorted = slots.map((slot) => {
      const document = this.#state.table.peek(slot)!;
      return { slot, value: read(document), key: this.#state.keyOf(document) };
    });
    sorted.sort((a, b) => compareValues(a.value, b.value) || compare(a.key, b.key));
    return sorted.map(({ slot }) => slot);
  }

  /** What the query sorts by. */
  get #field(): Field {
    return this.#order ??= fieldOf(this.#spec.order!);
  }

  /** Compares two documents in the order of the query; equal ones follow their primary keys. */
  #compare = (a: Document, b: Document): number => {
    const { read, compare: compareValues } = this.#field;
    return compareValues(read(a), read(b)) || compare(this.#state.keyOf(a), this.#state.keyOf(b));
  };

  /** Reports what the result depends on to the live query that is running: matches, up to the end of a full page. */
  #track(slots?: readonly number[]): void {
    const report = tracker();
    if (!report) return;
    const { conditions, order, limit, reverse } = this.#spec;
    const isFull = order && limit > 0 && slots?.length === limit;
    const last = isFull && this.#state.table.peek(slots.at(-1)!);
    report({
      collection: this.#state,
      condition: conditions.find(({ values }) => values?.length === 1) ??
        conditions.find(({ values, locate }) => values ?? locate),
      touches: (document) =>
        conditions.every(({ matches }) => matches(document)) &&
        (!last || this.#compare(document, last) * (reverse ? -1 : 1) <= 0),
    });
  }
}
