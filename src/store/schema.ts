import type { Key } from "../shared/key.ts";

/**
 * The dotted paths into a document, up to five levels deep: `"stats" | "stats.level"`. A field with a dot in its name
 * has none, as its path would lead elsewhere, and no path leads into an array, a Map, a Set, bytes or a Date.
 */
export type Path<T, Depth extends readonly 0[] = []> = Depth["length"] extends 5 ? never
  : {
    [K in keyof T & string]-?: K extends `${string}.${string}` ? never
      : NonNullable<T[K]> extends
        | Key
        | bigint
        | readonly unknown[]
        | ReadonlyMap<unknown, unknown>
        | ReadonlySet<unknown>
        | ArrayBuffer
        | ArrayBufferView
        | ((...parameters: never[]) => unknown) ? K
      : K | `${K}.${Path<NonNullable<T[K]>, [...Depth, 0]>}`;
  }[keyof T & string];

/** What a path leads to, or `undefined` if an optional part of the path may be missing. */
export type PathValue<T, P extends string> = P extends `${infer Head}.${infer Rest}`
  ? Head extends keyof T ? unknown extends T[Head] ? T[Head]
    :
      | PathValue<NonNullable<T[Head]>, Rest>
      | ([Extract<T[Head], null | undefined>] extends [never] ? never : undefined)
  : never
  : P extends keyof T ? T[P]
  : never;

/** The names of the fields of a document, one of which is its primary key. */
export type KeyField<T> = keyof T & string;

/**
 * How a collection of `T` documents is kept.
 *
 * @example A collection of users
 * ```ts
 * import { Ramify, type Schema } from "rian";
 *
 * interface User {
 *   id: number;
 *   email: string;
 *   tags: string[];
 *   joined: Date;
 *   address?: { city: string };
 * }
 *
 * const db = new Ramify().createStore<{ users: Schema<User, "id"> }>({
 *   users: {
 *     primaryKey: "id",
 *     indexes: ["address.city"],
 *     multiEntry: ["tags"],
 *     ordered: ["joined", ["address.city", "joined"]],
 *     unique: ["email"],
 *   },
 * });
 * console.log(db.users.count());
 * ```
 */
export interface Schema<T extends object, P extends KeyField<T> = KeyField<T>> {
  /** The field that identifies a document; every document must have it. */
  readonly primaryKey: { [Field in P]: T[Field] extends Key ? Field : never }[P];
  /** Fields to find documents by: `equals` and `anyOf`. Two or more fields together make an ordered index. */
  readonly indexes?: readonly (Path<T> | readonly Path<T>[])[];
  /** Array fields to find documents by their elements: `equals`, `anyOf` and `allOf`. */
  readonly multiEntry?: readonly Path<T>[];
  /** Fields, or lists of fields, to find documents by range and to sort by. */
  readonly ordered?: readonly (Path<T> | readonly Path<T>[])[];
  /**
   * Fields, or lists of fields, whose values no two documents may share. Documents in which one of the values is
   * `undefined` or `null` are exempt.
   */
  readonly unique?: readonly (Path<T> | readonly Path<T>[])[];
}
