import type { Key } from "../../src/persistence/adapter/adapter.ts";
import { isKey } from "../../src/persistence/adapter/keys.ts";

/** An entry that was written, as stores name it to each other through a BroadcastChannel. */
export interface ChangedEntry {
  readonly type: string;
  readonly key: Key;
}

/** Returns the changes in a message; anything of this origin can send one, and other versions may send other things. */
export function changesIn(message: unknown): ChangedEntry[] {
  return Array.isArray(message) ? message.filter(isChangedEntry) : [];
}

function isChangedEntry(each: unknown): each is ChangedEntry {
  if (typeof each !== "object" || each === null) return false;
  const { type, key } = each as { readonly [Name in keyof ChangedEntry]: unknown };
  return typeof type === "string" && isKey(key);
}
