import { Ramify, type RamifyStore, type Schema } from "rian";
import type { Board } from "./board.ts";
import type { TodoList } from "./todo-list.ts";
import type { User } from "./user.ts";

/** The collections: one for each of Nasc's types, with a document for each instance. */
export type Collections = {
  Board: Schema<Board, "id">;
  TodoList: Schema<TodoList, "id">;
  User: Schema<User, "id">;
};

/** Returns a store for the demo's instances, empty until `persist` has read them. */
export function openMemory(): RamifyStore<Collections> {
  return new Ramify().createStore<Collections>({
    Board: { primaryKey: "id" },
    TodoList: { primaryKey: "id" },
    User: { primaryKey: "id" },
  });
}

/** Limits in milliseconds how long a change waits to be stored: a server that dies loses no more than that. */
export const behind = { debounce: 1_000, maxWait: 1_000 };
