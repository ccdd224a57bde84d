import type { CollectionState } from "./collection-state.ts";
import { equals } from "./condition.ts";
import { Execution } from "./execution.ts";
import { fieldOf } from "./field.ts";
import type { Document } from "./path.ts";
import { EVERYTHING, type QuerySpec } from "./query-spec.ts";
import { describe, isDate } from "./scalar.ts";
import type { Key, Path, PathValue } from "./schema.ts";
import { Where } from "./where.ts";

/** Values that documents have to have in the named fields; what `equals` says of arrays holds here too. */
export type Criteria<T> = { readonly [P in Path<T>]?: Operand<PathValue<T, P>> };

/** What a field of type `V` can be compared with: itself, or for an array field one element. */
export type Operand<V> = V extends readonly (infer Element)[] ? Element | V : V;

/** How a query is going to run. */
export interface Explanation {
  /** The index that leads to the documents, or the primary key; `undefined` when every document is looked at. */
  readonly index: string | undefined;
  /** How many documents the query is expected to look at. */
  readonly documents: number;
  /** Whether they have to be sorted afterwards. */
  readonly sorts: boolean;
}

/**
 * A question to a collection. Every method but the reading ones answers a new query, and their order does not
 * matter: documents are filtered, then sorted, then skipped and limited.
 *
 * Documents come in the order of insertion; after a comparison such as `above`, in the order of its field.
 */
export class Query<T extends object, K extends Key, Read = Readonly<T>> {
  readonly #state: CollectionState;
  readonly #spec: QuerySpec;

  /** @internal */
  constructor(state: CollectionState, spec: QuerySpec = EVERYTHING) {
    this.#state = state;
    this.#spec = spec;
  }

  /**
   * Starts a comparison of an indexed field, of the primary key, or of the fields of a compound index.
   *
   * @throws {TypeError} when no index helps to find documents by the field.
   */
  where<P extends Path<T>>(field: P): Where<T, K, PathValue<T, P>, Read>;
  /** Compares the fields of a compound index with lists of values. */
  where<const P extends readonly Path<T>[]>(
    fields: P,
  ): Where<T, K, readonly [...{ [I in keyof P]: PathValue<T, P[I]> }], Read>;
  /** Keeps the documents that equal the criteria in every field. */
  where(criteria: Criteria<T>): Query<T, K, Read>;
  // What it returns is said above; compared with that, compilers lose themselves in the paths of T.
  where(condition: string | readonly string[] | Criteria<T>): unknown {
    const { conditions } = this.#spec;
    const fixed = conditions.filter(({ values }) => values?.length === 1).map(({ field }) =>
      field.name
    );
    if (typeof condition === "string" || Array.isArray(condition)) {
      const field = fieldOf(this.#state.definition, condition as string, fixed);
      return new Where(field, (added, order) =>
        this.#with({
          conditions: [...conditions, added],
          order: this.#spec.order ?? order,
        }));
    }
    const names = [...fixed, ...Object.keys(condition)];
    const added = Object.entries(condition).map(([name, value]) =>
      equals(fieldOf(this.#state.definition, name, names), value)
    );
    return this.#with({ conditions: [...conditions, ...added] });
  }

  /** Keeps the documents for which `predicate` answers true. It receives frozen documents and must not write. */
  filter(predicate: (document: Readonly<T>) => boolean): Query<T, K, Read> {
    const filter = predicate as (document: object) => boolean;
    return this.#with({ filters: [...this.#spec.filters, filter] });
  }

  /** Sorts by a field, or by several; equal documents follow their primary keys. An ordered index makes it free. */
  sortBy(field: Path<T> | readonly Path<T>[]): Query<T, K, Read> {
    return this.#with({ order: typeof field === "string" ? [field] : field });
  }

  /** Turns the order around. */
  reverse(): Query<T, K, Read> {
    return this.#with({ reverse: !this.#spec.reverse });
  }

  /**
   * Keeps at most `count` documents.
   *
   * @throws {RangeError} unless `count` is a whole number from 0, or `Infinity`.
   */
  limit(count: number): Query<T, K, Read> {
    return this.#with({ limit: counted("limit", count) });
  }

  /**
   * Skips the first `count` documents.
   *
   * @throws {RangeError} unless `count` is a whole number from 0.
   */
  offset(count: number): Query<T, K, Read> {
    return this.#with({ offset: counted("offset", count) });
  }

  /**
   * Keeps the documents that come after another one in the order of the query, or after its key; without an
   * order, in the order of the primary key. Pages that start after the last document of the page before stay
   * right while documents are added, changed and deleted, if that document itself is passed: what it was sorted
   * by is read from it.
   *
   * @throws {RangeError} when a key is passed to a sorted query and there is no such document.
   */
  after(cursor: K | Readonly<T>): Query<T, K, Read> {
    if (typeof cursor === "object" && !isDate(cursor)) {
      return this.#with({ after: cursor as Document });
    }
    const { definition, table } = this.#state;
    const slot = table.slotOf(cursor);
    if (slot !== undefined) return this.#with({ after: table.peek(slot) });
    if (this.#spec.order === undefined) {
      return this.#with({ order: [], after: { [definition.primaryKey]: cursor } });
    }
    throw new RangeError(
      `Cannot page through ${definition.name} after ${
        describe(cursor)
      }: there is no such document; pass the last document of the page before`,
    );
  }

  /** The documents, in order. */
  toArray(): Read[] {
    return this.#state.giveAll(this.#slots()) as Read[];
  }

  /** How many documents there are. */
  count(): number {
    return new Execution(this.#state, this.#spec).count();
  }

  /** The first document. */
  first(): Read | undefined {
    const { limit } = this.#spec;
    return this.#with({ limit: Math.min(limit, 1) }).toArray()[0];
  }

  /** The last document. */
  last(): Read | undefined {
    const { after, offset, limit } = this.#spec;
    if (after === undefined && offset === 0 && limit === Infinity) return this.reverse().first();
    const slot = this.#slots().at(-1);
    return slot === undefined ? undefined : this.#state.give(slot) as Read;
  }

  /** The primary keys of the documents, in order. */
  keys(): K[] {
    const { table } = this.#state;
    return this.#slots().map((slot) => this.#state.keyOf(table.peek(slot)!) as K);
  }

  /** Calls `callback` with each document. It may write: the documents are those that were there before. */
  each(callback: (document: Read) => void): void {
    for (const document of this.toArray()) callback(document);
  }

  /**
   * Changes the documents, all or none, and answers their keys as they were before.
   *
   * @param changes fields to assign, or a function that answers them for each document.
   */
  modify(changes: Partial<T> | ((document: Readonly<T>) => Partial<T>)): K[] {
    const state = this.#state;
    const slots = this.#slots();
    return state.journal.run(() =>
      slots.map((slot) => {
        const before = state.table.peek(slot)!;
        const assigned = typeof changes === "function"
          ? changes(state.table.read(slot) as Readonly<T>)
          : changes;
        const after = state.merge(before, assigned);
        if (after !== before) state.replace(slot, after);
        return state.keyOf(before) as K;
      })
    );
  }

  /** Deletes the documents, and answers their keys. */
  delete(): K[] {
    const state = this.#state;
    const slots = this.#slots();
    return state.journal.run(() =>
      slots.map((slot) => {
        const key = state.keyOf(state.table.peek(slot)!);
        state.remove(slot);
        return key as K;
      })
    );
  }

  /** Says how the query is going to run, without running it. */
  explain(): Explanation {
    const { access, documents } = new Execution(this.#state, this.#spec).plan;
    return { index: access.index, documents, sorts: !access.inOrder };
  }

  #with(changes: Partial<QuerySpec>): Query<T, K, Read> {
    return new Query(this.#state, { ...this.#spec, ...changes });
  }

  #slots(): readonly number[] {
    return new Execution(this.#state, this.#spec).slots();
  }
}

function counted(action: string, count: number): number {
  if ((Number.isInteger(count) && count >= 0) || count === Infinity) return count;
  throw new RangeError(
    `Cannot ${action} a query to ${describe(count)}: it is not a whole number from 0; pass one`,
  );
}
