import { describe } from "../shared/describe.ts";
import type { Key } from "../shared/key.ts";
import type { CollectionState } from "./collection-state.ts";
import { anyOf, type ComparedField } from "./condition.ts";
import { isPlainObject } from "./copy.ts";
import { assertKind, cannotQuery, notA } from "./errors.ts";
import { Execution } from "./execution.ts";
import { type Document, fieldOf } from "./field.ts";
import { everything, type QuerySpec } from "./query-spec.ts";
import type { Path, PathValue } from "./schema.ts";
import { type FieldValue, type Member, Where } from "./where.ts";

/** What documents must have in the named fields: a value, or any of the values in a list. */
export type Criteria<T> = {
  readonly [P in Path<T>]?: Member<FieldValue<T, P>> | readonly Member<FieldValue<T, P>>[];
};

/** How a query is going to run. */
export interface Explanation {
  /** The index that leads to the documents, or the primary key; `undefined` when every document is looked at. */
  readonly index: string | undefined;
  /** How many documents the query is expected to look at. */
  readonly documents: number;
  /** Whether they have to be sorted afterwards. */
  readonly sorts: boolean;
}

/** What a collection and its queries have in common: documents to find and to read. */
export abstract class Documents<T extends object, K extends Key, Read = Readonly<T>> {
  readonly #state: CollectionState;
  readonly #spec: QuerySpec;

  /** @internal */
  constructor(state: CollectionState, spec: QuerySpec = everything) {
    this.#state = state;
    this.#spec = spec;
  }

  /**
   * Starts a comparison of an indexed field, of the primary key, or of the fields of a compound index.
   *
   * @throws {TypeError} if no index finds documents by the field.
   */
  where<P extends Path<T>>(field: P): Where<FieldValue<T, P>, Query<T, K, Read>>;
  /** Compares the fields of a compound index with lists of values. */
  where<const P extends readonly Path<T>[]>(
    fields: P,
  ): Where<readonly [...{ [I in keyof P]: PathValue<T, P[I]> }], Query<T, K, Read>>;
  /**
   * Keeps the documents that meet the criteria in every field: one that holds a value, or any of a list of values. An
   * array field meets them if one of its elements does. One field needs an index; the others filter what it finds.
   */
  where(criteria: Criteria<T>): Query<T, K, Read>;
  /** Takes a condition of any of these kinds. Compilers report the last signature, and this one names the fields. */
  where(condition: Path<T> | readonly Path<T>[] | Criteria<T>): unknown;
  // Not the type of the overloads: compilers lose themselves in the paths of T when they compare the two.
  where(condition: string | readonly string[] | Criteria<T>): unknown {
    const { conditions, order } = this.#spec;
    // Anything else, which would be criteria without a field and find everything, is a name that no index has.
    const criteria: Document | undefined = isPlainObject(condition) ? condition : undefined;
    const names = criteria ? Object.keys(criteria) : [condition];
    const fields = names.map((name) =>
      this.#compared(typeof name === "string" ? [name] : [name].flat().map(String))
    );
    if (fields.length > 0 && !fields.some(({ isIndexed }) => isIndexed)) {
      const { indexNames, name: collection, primaryKey } = this.#state.definition;
      throw cannotQuery(
        { collection, name: fields.map(({ name }) => name).join() },
        `it has no index, unlike ${
          [primaryKey, ...indexNames].join(", ")
        }; index it, or use filter`,
      );
    }
    if (!criteria) {
      return new Where(
        fields[0]!,
        (added, own) => this.#with({ conditions: [...conditions, added], order: order ?? own }),
      );
    }
    const added = fields.map((field) => {
      const value = criteria[field.name];
      return anyOf(field, Array.isArray(value) ? value : [value]);
    });
    return this.#with({ conditions: [...conditions, ...added] });
  }

  /**
   * Keeps the documents for which `predicate` returns true, by looking at each. It receives frozen documents and must
   * not write.
   */
  filter(predicate: (document: Readonly<T>) => boolean): Query<T, K, Read> {
    assertKind("function", "filter a query", predicate);
    const filter = predicate as (document: object) => boolean;
    return this.#with({ filters: [...this.#spec.filters, filter] });
  }

  /** Sorts by a field, or by several; equal documents follow their primary keys. An ordered index makes it free. */
  sortBy(field: Path<T> | readonly Path<T>[]): Query<T, K, Read> {
    const order = Array.isArray(field) ? [...field] : [field];
    for (const path of order) assertKind("string", "sort a query", path);
    return this.#with({ order });
  }

  /** Reverses the order. */
  reverse(): Query<T, K, Read> {
    return this.#with({ reverse: !this.#spec.reverse });
  }

  /**
   * Keeps at most `count` documents.
   *
   * @throws {RangeError} unless `count` is a whole number from 0 up, or `Infinity`.
   */
  limit(count: number): Query<T, K, Read> {
    return this.#with({ limit: counted("limit", count) });
  }

  /**
   * Skips the first `count` documents.
   *
   * @throws {RangeError} unless `count` is a whole number from 0 up, or `Infinity`.
   */
  offset(count: number): Query<T, K, Read> {
    return this.#with({ offset: counted("offset", count) });
  }

  /**
   * Keeps the documents after another one, or after its key, in the order of the query; without an order, in the order
   * of the primary key. Pass the last document of the previous page itself, and pages stay right while documents are
   * added, changed and deleted: what it was sorted by is read from it.
   *
   * @throws {RangeError} if no document has a key that is passed and the query is sorted by other fields; if it is
   * sorted later, `sortBy` throws.
   */
  after(cursor: K | Readonly<T>): Query<T, K, Read> {
    const state = this.#state;
    if (isPlainObject(cursor)) return this.#with({ after: cursor, isLost: false });
    const after = state.get(cursor);
    return this.#with({
      after: after ?? { [state.definition.primaryKey]: cursor },
      isLost: !after,
    });
  }

  /** Returns the documents, in order. */
  toArray(): Read[] {
    return this.#state.give(this.#run().slots()) as Read[];
  }

  /** Counts the documents. */
  count(): number {
    return this.#run().count();
  }

  /** Returns the first document, or `undefined` if there is none. */
  first(): Read | undefined {
    return this.limit(Math.min(this.#spec.limit, 1)).toArray()[0];
  }

  /** Returns the last document, or `undefined` if there is none. */
  last(): Read | undefined {
    const { after, offset, limit } = this.#spec;
    if (!after && offset === 0 && limit === Infinity) return this.reverse().first();
    return this.toArray().at(-1);
  }

  /** Returns the primary keys of the documents, in order. */
  keys(): K[] {
    const { table } = this.#state;
    return this.#run().slots().map((slot) => this.#state.keyOf(table.peek(slot)!) as K);
  }

  /** Calls `callback` with each document. It may write: the documents are those from before the first call. */
  each(callback: (document: Read) => void): void {
    assertKind("function", "visit documents", callback);
    for (const document of this.toArray()) callback(document);
  }

  /** Returns how the query is going to run, without running it. */
  explain(): Explanation {
    const { access, documents } = this.#run().plan;
    return { index: access.index, documents, sorts: !access.inOrder };
  }

  /**
   * Changes the documents, all or none, and returns their keys as they were before.
   *
   * @param changes The fields to assign, or a function that returns them for each document.
   */
  modify(changes: Partial<T> | ((document: Readonly<T>) => Partial<T>)): K[] {
    const state = this.#state;
    const isFunction = typeof changes === "function";
    if (!isFunction) state.assertPlain(changes);
    const keys = this.keys();
    state.journal.run(() => {
      for (const key of keys) {
        const document = state.table.get(key) as Readonly<T> | undefined;
        // An earlier call of the function may have deleted it.
        if (!document) continue;
        state.update(key, isFunction ? changes(document) : changes);
      }
    });
    return keys;
  }

  #run(): Execution {
    return new Execution(this.#state, this.#spec);
  }

  #with(changes: Partial<QuerySpec>): Query<T, K, Read> {
    const spec = { ...this.#spec, ...changes };
    const { name, primaryKey } = this.#state.definition;
    if (spec.isLost && spec.order?.some((path) => path !== primaryKey)) {
      throw new RangeError(
        `Cannot page through ${name} after ${
          describe(spec.after![primaryKey])
        }: it does not exist; pass the last document`,
      );
    }
    return new Query(this.#state, spec);
  }

  /** Returns the field of some paths. */
  #compared(paths: readonly string[]): ComparedField & { readonly isIndexed: boolean } {
    const { indexes, name: collection, primaryKey } = this.#state.definition;
    const name = paths.join("+");
    const isFixed = (path: string) =>
      this.#spec.conditions.some(({ field, values }) =>
        field.name === path && values?.length === 1
      );
    const own = indexes.find((index) => index.name === name);
    const holding = indexes.filter((index) => index === own || index.paths.includes(name));
    // A compound index helps if the paths before are held equal.
    const usable = holding.filter((index) =>
      index === own || index.paths.slice(0, index.paths.indexOf(name)).every(isFixed)
    );
    return {
      ...own ?? fieldOf(paths),
      collection,
      // No other index holds arrays, so the field is a single value.
      isMultiEntry: name !== primaryKey && holding.every(({ kind }) => kind === "multiEntry"),
      isOrdered: usable.some(({ kind }) => kind === "ordered"),
      isIndexed: usable.length > 0 || name === primaryKey,
    };
  }
}

/**
 * A query of a collection. The methods that refine it return a new query, and their order does not matter: documents
 * are filtered, then sorted, then skipped and limited.
 *
 * Documents come in the order of insertion; after a comparison such as `above`, in the order of its field.
 */
export class Query<T extends object, K extends Key, Read = Readonly<T>>
  extends Documents<T, K, Read> {
  readonly #state: CollectionState;

  /** @internal */
  constructor(state: CollectionState, spec: QuerySpec) {
    super(state, spec);
    this.#state = state;
  }

  /** Deletes the documents, and returns their keys. */
  delete(): K[] {
    const keys = this.keys();
    this.#state.journal.run(() => keys.forEach((key) => this.#state.delete(key)));
    return keys;
  }
}

function counted(action: string, count: number): number {
  if ((Number.isInteger(count) && count >= 0) || count === Infinity) return count;
  throw new RangeError(`Cannot ${action} a query: ${notA("whole number from 0 up", count)}`);
}
