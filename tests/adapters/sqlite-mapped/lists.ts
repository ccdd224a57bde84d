import { DatabaseSync } from "node:sqlite";
import { SqliteMappedStore, type StoreMapping } from "../../../adapters/sqlite-mapped.ts";

/** The schema of a string. */
export const text = { type: "string" };
const todos = { type: "array", items: { $ref: "#/$defs/Todo" } };

/** Tables of lists, of projects, and of the to-dos of both. */
export const mapping: StoreMapping = {
  $id: "/schemas/app.mapping.json",
  Todo: { "x-na:store": { entity: "todos", pk: "id" } },
  TodoList: { "x-na:store": { entity: "todo_lists", pk: "id" } },
  Project: { "x-na:store": { entity: "projects", pk: "code" } },
};

/** The schema of one of them. */
interface ObjectSchema {
  readonly type: string;
  readonly properties: Readonly<Record<string, object>>;
}

/** What they look like. */
export const schema: {
  readonly $defs: Readonly<Record<"Todo" | "TodoList" | "Project", ObjectSchema>>;
} = {
  $defs: {
    Todo: {
      type: "object",
      properties: {
        id: text,
        title: text,
        completed: { type: "boolean" },
        dueInDays: { type: "number" },
      },
    },
    TodoList: {
      type: "object",
      properties: {
        id: text,
        title: { type: ["string", "null"] },
        createdBy: text,
        priority: { type: "integer" },
        items: todos,
        archived: todos,
        labels: { type: "array", items: text },
        owner: { type: "object", properties: { name: text } },
      },
    },
    Project: {
      type: "object",
      properties: { code: text, budget: { type: "number" }, tasks: todos },
    },
  },
};

/** A store of them on a database in memory, unless there is one. */
export function openLists(database: DatabaseSync = new DatabaseSync(":memory:")): {
  readonly database: DatabaseSync;
  readonly store: SqliteMappedStore;
} {
  return { database, store: new SqliteMappedStore(database, { mapping, schema }) };
}

/** A list. */
type List = {
  readonly id: string;
  readonly title: string;
  readonly items: { id: string; title: string; completed: boolean }[];
};

/** A list of so many to-dos. */
export function listOf(count: number): List {
  const items = Array.from({ length: count }, (_, n) => {
    return { id: `todo-${n}`, title: `Buy milk ${n}`, completed: false };
  });
  return { id: "my-list", title: "Shopping", items };
}
