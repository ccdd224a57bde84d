/**
 * What a page makes of patches. The server never applies any: `apply-event.ts` runs the events that lead to them.
 *
 * @module
 */
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import type { BindUpdatePatch, Patch } from "./message.ts";

/** The state of an instance as a page has it. */
export type State = Readonly<Record<string, unknown>>;

/** Returns the updates of one instance. An event may have changed others with it. */
export function updatesOf(patches: readonly Patch[], { type, id }: Address): BindUpdatePatch[] {
  return patches.filter((patch) =>
    patch.action === "bindUpdate" && patch.type === type && patch.instance === id
  ) as BindUpdatePatch[];
}

/** Returns a state with updates applied. It has no prototype, so `__proto__` is a property like any other. */
export function applyUpdates(state: State, updates: readonly BindUpdatePatch[]): State {
  const next: Record<string, unknown> = Object.assign(Object.create(null), state);
  for (const { prop, value, removed } of updates.map(own)) {
    if (removed) delete next[prop];
    else next[prop] = value;
  }
  return next;
}
