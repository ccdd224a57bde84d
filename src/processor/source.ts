import type { InstanceStore } from "./open-instances.ts";

/** The identity of a storage: the same for all stores on one binding or file, however often they are made anew. */
export type Source = object | string;

/** Returns the identity of what lies below a store, or the store itself where it names none. */
export function sourceOf(store: InstanceStore): Source {
  return (store as { readonly source?: Source }).source ?? store;
}
