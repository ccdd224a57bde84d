import { bytesOf } from "../shared/bytes.ts";
import { tagOf } from "../shared/describe.ts";
import { hash } from "../shared/hash.ts";

/**
 * Returns a short text that is the same whenever an event is sent again, and differs if its name or its payload does.
 * As in JSON, the order of an object's keys, properties that are `undefined` and the sign of zero make no difference.
 * It is no defence: two users are told apart by their keys.
 */
export function fingerprintOf(event: string, payload: unknown): string {
  return hash(`${JSON.stringify(event)}${textOf(payload)}`);
}

/** Returns a value as text, by which no two values of JSON are the same. */
function textOf(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${Array.from(value, textOf).join()}]`;
  const tag = tagOf(value);
  if (tag === "Object") return textOfObject(value as Record<string, unknown>);
  if (tag === "Date") return `${tag}${Number(value)}`;
  const isBytes = tag === "ArrayBuffer" || ArrayBuffer.isView(value);
  const members = isBytes ? bytesOf(value as ArrayBuffer) : value as Iterable<unknown>;
  return `${tag}[${Array.from(members, textOf).join()}]`;
}

function textOfObject(object: Record<string, unknown>): string {
  let text = "{";
  for (const name of Object.keys(object).sort()) {
    const value = object[name];
    if (value !== undefined) text += `${JSON.stringify(name)}:${textOf(value)},`;
  }
  return `${text}}`;
}
