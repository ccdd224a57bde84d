import type { SchemaProvider } from "rian";

const text = { type: "string" };

/** The JSON Schemas of the demo's states. */
export const schemas: SchemaProvider = {
  User: {
    type: "object",
    properties: { id: text, name: text, email: { type: "string", format: "email" } },
    required: ["id", "name", "email"],
  },
  Todo: {
    type: "object",
    properties: { id: text, title: text, completed: { type: "boolean" } },
    required: ["id", "title", "completed"],
  },
  TodoList: {
    type: "object",
    properties: { id: text, items: { type: "array", items: { $ref: "#/$defs/Todo" } } },
    required: ["id", "items"],
  },
};
