import { type Mock, vi } from "vitest";
import {
  type LiveQuery,
  liveQuery,
  Ramify,
  type RamifyStore,
  type Schema,
  type StoreOptions,
} from "../../src/store/mod.ts";

/** The document of most tests: a field for every kind of index. */
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

/** Opens two empty collections of items, with every kind of index. */
export function itemStore(options: StoreOptions = {}): ItemStore {
  const schema: Schema<Item, "id"> = {
    primaryKey: "id",
    indexes: ["status", "active", "n", "stats.level", "at"],
    multiEntry: ["tags"],
    ordered: ["n", "at", ["status", "n"]],
  };
  return new Ramify().createStore({ items: schema, others: schema }, options) as ItemStore;
}

/** Collects what the observers of a collection hear, as `[operation, keys]`. */
export function heardBy(collection: ItemStore["items"]): [string, readonly number[]][] {
  const heard: [string, readonly number[]][] = [];
  collection.subscribe((type, keys) => void heard.push([type, keys]));
  return heard;
}

/** Makes a live query whose callback counts its runs. */
export function counted<R>(callback: () => R): { run: Mock<() => R>; live: LiveQuery<R> } {
  const run = vi.fn(callback);
  return { run, live: liveQuery(run) };
}
