import { vi } from "vitest";
import { Ramify, type RamifyStore, type Schema, type StoreOptions } from "../../src/store/mod.ts";

export interface Message {
  id: number;
  channelId: string;
  text: string;
}

export type Chat = RamifyStore<{ messages: Schema<Message, "id"> }>;

/** Opens a store with three messages in two channels. */
export function chat(options?: StoreOptions): Chat {
  const db = new Ramify().createStore<{ messages: Schema<Message, "id"> }>({
    messages: { primaryKey: "id", indexes: ["channelId"] },
  }, options);
  db.messages.bulkAdd([
    { id: 1, channelId: "general", text: "hello" },
    { id: 2, channelId: "random", text: "a cat" },
    { id: 3, channelId: "general", text: "welcome" },
  ]);
  return db;
}

/** Returns the messages of a channel, in one line. */
export function transcript(db: Chat, channelId: string): string {
  return db.messages.where({ channelId }).toArray().map(({ text }) => text).join(", ");
}

/** Returns a query that fails while the first message says so. */
export function fragile(db: Chat): () => string {
  return vi.fn(() => {
    const text = db.messages.get(1)?.text ?? "";
    if (text === "fail") throw new Error("the query failed");
    return text;
  });
}

/** Adds an element to the page. */
export function container(): HTMLElement {
  return document.body.appendChild(document.createElement("main"));
}
