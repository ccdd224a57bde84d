import type { DatabaseSync } from "node:sqlite";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";

/** The schemas of a string and a boolean. */
export const text = { type: "string" };
export const boolean = { type: "boolean" };

/** An array of to-dos. */
export const todos = { type: "array", items: { $ref: "#/$defs/Todo" } };

/** The properties of a type, as its schema has them. */
export type Properties = Record<string, object>;

/** Tables of lists and their to-dos. */
export const mapping = {
  Todo: { "x-na:store": { entity: "todos", pk: "id" } },
  TodoList: { "x-na:store": { entity: "todo_lists", pk: "id" } },
};

/** A store for lists and their to-dos that was told of these properties. */
export function openStore(
  { todo, list }: { todo: Properties; list: Properties },
  on: DatabaseSync,
): SqliteMappedStore {
  return new SqliteMappedStore(on, {
    mapping,
    schema: { $defs: { Todo: { properties: todo }, TodoList: { properties: list } } },
  });
}

/** All properties of {@link value}. */
export const full: { readonly todo: Properties; readonly list: Properties } = {
  todo: { id: text, done: boolean, rank: { type: "number" }, note: text },
  list: { id: text, title: text, done: boolean, at: text, late: text, items: todos },
};

/** A list. */
export const value: Readonly<Record<string, unknown>> & { readonly items: readonly object[] } = {
  id: "a",
  title: "x",
  done: true,
  at: new Date(5),
  late: null,
  items: [{ id: "x", done: false, rank: 1 }, { id: "y", note: "n" }],
};
