import { describe } from "../shared/describe.ts";
import { memberOf } from "../shared/own.ts";
import { type InstanceStore, isAdapter, isDb } from "./open-instances.ts";

/** The identity of a storage, shared by all stores on one binding or file, however often they are recreated. */
export type Source = object | string;

/**
 * Returns the identity of the storage below a store: the `source` that it names, or the store itself.
 *
 * @throws {TypeError} if it names what cannot be told from others
 */
export function sourceOf(store: InstanceStore): Source {
  // A map has no members, and those of a db are its collections.
  if (store instanceof Map || isDb(store)) return store;
  const source = memberOf(store, "source");
  if (source === undefined) return store;
  const isName = typeof source === "string" && source !== "";
  if (isName || (typeof source === "object" && source !== null)) return source;
  throw new TypeError(
    `Cannot use the store: its source is ${
      describe(source)
    }; pass a text such as the name of a tenant, or an ` +
      "object such as the binding",
  );
}

/** Returns whether only this process guards a store, by what it remembers of the store's source. */
export function isGuardedHere(store: InstanceStore): boolean {
  if (store instanceof Map || isDb(store)) return false;
  return !isAdapter(store) || store.capabilities.conditional === "none";
}
