import { memberOf } from "../shared/own.ts";
import { type InstanceStore, isAdapter } from "./open-instances.ts";

/** The identity of a storage, shared by all stores on one binding or file, however often they are recreated. */
export type Source = object | string;

/** Returns the identity of the storage below a store; the store itself if it names none. */
export function sourceOf(store: InstanceStore): Source {
  const source = isAdapter(store) ? memberOf(store, "source") as Source | undefined : undefined;
  return source ?? store;
}
