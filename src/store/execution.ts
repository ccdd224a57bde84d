import type { CollectionState } from "./collection-state.ts";
import { Order } from "./order.ts";
import { type Plan, planOf } from "./plan.ts";
import type { QuerySpec } from "./query-spec.ts";
import { tracker } from "./tracking.ts";

/** One run of a query. */
export class Execution {
  readonly #state: CollectionState;
  readonly #spec: QuerySpec;
  readonly #order: Order;
  readonly plan: Plan;

  constructor(state: CollectionState, spec: QuerySpec) {
    // A cursor needs a total order, which the order of insertion is not once its document is gone.
    const isPaged = spec.after !== undefined && spec.order === undefined;
    this.#state = state;
    this.#spec = isPaged ? { ...spec, order: [] } : spec;
    this.#order = new Order(this.#spec.order ?? [], state.definition.primaryKey);
    this.plan = planOf(state, this.#spec, this.#order);
  }

  /** How many documents the query finds. */
  count(): number {
    const { after, offset, limit } = this.#spec;
    const { access, conditions } = this.plan;
    const { filters } = this.#spec;
    if (!access.isExact || conditions.length + filters.length > 0 || after !== undefined) {
      return this.slots().length;
    }
    this.#track(undefined);
    return Math.min(Math.max(0, access.count - offset), limit);
  }

  /** The slots of the documents that the query finds, in order. */
  slots(): readonly number[] {
    const { offset, limit, order, reverse } = this.#spec;
    const { table } = this.#state;
    const end = offset + limit;
    const found = this.#found(end);
    let slots = found;
    if (!this.plan.access.inOrder) {
      slots = order === undefined
        ? found.toSorted((a, b) => a - b)
        : this.#order.sort(found, (slot) => table.peek(slot)!);
      if (reverse) slots = slots.toReversed();
    }
    slots = offset === 0 && slots.length <= limit ? slots : slots.slice(offset, end);
    this.#track(slots);
    return slots;
  }

  /** The slots of all that match, or as many as are wanted if they come in order. */
  #found(end: number): readonly number[] {
    const { filters, after } = this.#spec;
    const { access, conditions } = this.plan;
    const wanted = access.inOrder ? end : Infinity;
    if (conditions.length + filters.length === 0 && after === undefined) {
      return access.slice(0, wanted);
    }
    const found: number[] = [];
    // Pages that grow, because a query with a limit often ends in the first one.
    for (let from = 0, size = 64; found.length < wanted; from += size, size *= 2) {
      const page = access.slice(from, from + size);
      if (page.length === 0) break;
      for (const slot of page) if (this.#matches(slot)) found.push(slot);
    }
    return found;
  }

  /** Whether a document meets what the access leaves open. */
  #matches(slot: number): boolean {
    const { filters, after, reverse } = this.#spec;
    const { table } = this.#state;
    const document = table.peek(slot)!;
    for (const condition of this.plan.conditions) if (!condition.matches(document)) return false;
    if (after !== undefined) {
      const side = this.#order.compare(document, after);
      if (reverse ? side >= 0 : side <= 0) return false;
    }
    for (const filter of filters) if (!filter(table.read(slot))) return false;
    return true;
  }

  /** Tells a live query what the result depends on: documents that match, up to the last one of a full page. */
  #track(slots: readonly number[] | undefined): void {
    const { conditions, order, limit, reverse } = this.#spec;
    const { table } = this.#state;
    const isFull = order !== undefined && slots?.length === limit;
    const last = isFull && limit > 0 ? table.peek(slots.at(-1)!) : undefined;
    const direction = reverse ? -1 : 1;
    tracker()?.({
      state: this.#state,
      condition: conditions.find(({ values }) => values?.length === 1) ??
        conditions.find(({ values, locate }) => values !== undefined || locate !== undefined),
      touches: (document) =>
        conditions.every(({ matches }) => matches(document)) &&
        (last === undefined || this.#order.compare(document, last) * direction <= 0),
    });
  }
}
