import type { SchemaProvider } from "rian";

const text = { type: "string" };

/** The JSON Schemas of the demo's states. */
export const schemas: SchemaProvider = {
  Card: {
    type: "object",
    properties: { id: text, text, done: { type: "boolean" } },
    required: ["id", "text", "done"],
  },
  List: {
    type: "object",
    properties: { id: text, name: text, cards: { type: "array", items: { $ref: "#/$defs/Card" } } },
    required: ["id", "name", "cards"],
  },
  Board: {
    type: "object",
    properties: {
      ...{ id: text, title: text, news: text },
      lists: { type: "array", items: { $ref: "#/$defs/List" } },
    },
    required: ["id", "title", "lists", "news"],
  },
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
