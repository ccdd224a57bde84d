import { Ramify, type RamifyStore, type Schema } from "rian";
import type { TodoList } from "./todo-list.ts";
import type { User } from "./user.ts";

/** What Nasc's types are in memory: a collection each, an instance a document. */
export type Collections = {
  TodoList: Schema<TodoList, "id">;
  User: Schema<User, "id">;
};

/** The demo's instances, empty until `persist` has read them. */
export function openMemory(): RamifyStore<Collections> {
  return new Ramify().createStore<Collections>({
    TodoList: { primaryKey: "id" },
    User: { primaryKey: "id" },
  });
}

/** How long what is answered may wait to be stored, in milliseconds: a server that dies loses no more than that. */
export const behind = { debounce: 1_000, maxWait: 1_000 };
