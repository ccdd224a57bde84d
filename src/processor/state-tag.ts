import { hash } from "../shared/hash.ts";

/**
 * Returns a short text by which page and server find out whether they hold the same state: a hash of its canonical JSON.
 * The state is one of JSON, as it travels.
 */
export function stateTag(state: unknown): string {
  return hash(canonicalJson(state));
}

/** Returns JSON with the properties of objects in order (RFC 8785). A property that is `undefined` is absent. */
function canonicalJson(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const object = value as Readonly<Record<string, unknown>>;
  const members: string[] = [];
  for (const name of Object.keys(object).sort()) {
    const member = object[name];
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${canonicalJson(member)}`);
  }
  return `{${members.join()}}`;
}
