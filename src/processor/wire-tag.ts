import { stateTag } from "./state-tag.ts";
import { toWire } from "./to-wire.ts";

const tags = new WeakMap<object, string>();

/** Returns the tag of a state as a page holds it, made of what travels. The state is shared and never changes. */
export function wireTag(state: object): string {
  const known = tags.get(state);
  if (known !== undefined) return known;
  const tag = stateTag(JSON.parse(toWire(state)));
  tags.set(state, tag);
  return tag;
}
