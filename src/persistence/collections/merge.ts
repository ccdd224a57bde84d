import { equal } from "../../shared/equal.ts";
import type { Conflict, StoredDocument } from "./options.ts";

/** The result of a merge. */
export interface Merged {
  readonly document: StoredDocument | undefined;
  /** Which changes made here are not in it; empty if none was lost. */
  readonly lost: readonly string[];
}

/**
 * Merges two documents from a common base, field by field: a field that only one side changed is kept, and of
 * one that both changed, theirs. A document that one side deleted stays as it is in storage.
 *
 * @param sent What was sent from here without an answer: theirs may have been made from any of these.
 */
export function mergeFields(
  { mine, theirs, base = {} }: Pick<Conflict, "mine" | "theirs" | "base">,
  sent: readonly (StoredDocument | undefined)[] = [],
): Merged {
  if (mine === undefined) return { document: theirs, lost: ["its deletion"] };
  const changed = Object.keys({ ...base, ...mine }).filter((name) => !sameField(mine, base, name));
  if (theirs === undefined) return { document: undefined, lost: changed };
  const origins = [base, ...sent.filter((document) => document !== undefined)];
  // A field may be called __proto__.
  const merged = new Map(Object.entries(theirs));
  const lost: string[] = [];
  for (const name of changed) {
    if (sameField(mine, theirs, name)) continue;
    if (!origins.some((origin) => sameField(theirs, origin, name))) lost.push(name);
    else if (Object.hasOwn(mine, name)) merged.set(name, mine[name]);
    else merged.delete(name);
  }
  return { document: Object.fromEntries(merged), lost };
}

function sameField(a: StoredDocument, b: StoredDocument, name: string): boolean {
  return Object.hasOwn(a, name) === Object.hasOwn(b, name) && equal(a[name], b[name]);
}
