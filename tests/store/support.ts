import { type Mock, vi } from "vitest";
import {
  type LiveQuery,
  liveQuery,
  Ramify,
  type RamifyStore,
  type Schema,
  type StoreOptions,
} from "../../src/store/mod.ts";

/** The document of most tests: every kind of index has a field. */
export interface Item {
  id: number;
  status?: string | null;
  active?: boolean;
  n?: number | null;
  stats?: { level?: number; name?: string };
  at?: Date;
  tags?: string[];
  note?: string;
}

export type ItemStore = RamifyStore<{ items: Schema<Item, "id">; others: Schema<Item, "id"> }>;

/** Two empty collections of items, with the indexes that TRAPS.md names and an ordered one. */
export function itemStore(options: StoreOptions = {}): ItemStore {
  const schema: Schema<Item, "id"> = {
    primaryKey: "id",
    indexes: ["status", "active", "n", "stats.level", "at"],
    multiEntry: ["tags"],
    ordered: ["n", "at", ["status", "n"]],
  };
  return new Ramify().createStore({ items: schema, others: schema }, options) as ItemStore;
}

/** Notes what a collection's observers are told, as `[operation, keys]`. */
export function eventsOf(collection: ItemStore["items"]): [string, readonly number[]][] {
  const events: [string, readonly number[]][] = [];
  collection.subscribe((type, keys) => void events.push([type, keys]));
  return events;
}

/** A live query that counts how often its callback runs. */
export function counted<R>(callback: () => R): { run: Mock<() => R>; live: LiveQuery<R> } {
  const run = vi.fn(callback);
  return { run, live: liveQuery(run) };
}
