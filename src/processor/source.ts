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
  if (!canName(store)) return store;
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
  if (isAdapter(store)) return store.capabilities.conditional === "none";
  return canName(store);
}

/** Returns whether a store may have a source. A map is one itself, and the members of a db are its collections. */
function canName(store: InstanceStore): boolean {
  return isAdapter(store) || !(store instanceof Map || isDb(store));
}
