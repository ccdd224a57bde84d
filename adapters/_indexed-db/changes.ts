import type { Key } from "../../src/persistence/adapter/adapter.ts";
import { isKey } from "../../src/persistence/adapter/keys.ts";

/** An entry that was written, as stores name it to each other through a BroadcastChannel. */
export interface Change {
  readonly type: string;
  readonly key: Key;
}

/** Returns the changes in a message; anything of this origin can send one, and other versions may send other things. */
export function changesIn(message: unknown): Change[] {
  return Array.isArray(message) ? message.filter(isChange) : [];
}

function isChange(each: unknown): each is Change {
  if (typeof each !== "object" || each === null) return false;
  const { type, key } = each as { readonly [Name in keyof Change]: unknown };
  return typeof type === "string" && isKey(key);
}
