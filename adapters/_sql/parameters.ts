import { maxParameterLength } from "./limits.ts";

/** Returns items as JSON arrays, for `json_each`: one, or as many as their lengths require. */
export function jsonArrays(items: readonly unknown[]): string[] {
  const arrays: string[] = [];
  let parts: string[] = [];
  let length = 0;
  for (const item of items) {
    const part = JSON.stringify(item);
    if (parts.length > 0 && length + part.length > maxParameterLength) {
      arrays.push(`[${parts.join()}]`);
      parts = [];
      length = 0;
    }
    parts.push(part);
    length += part.length + 1;
  }
  if (parts.length > 0) arrays.push(`[${parts.join()}]`);
  return arrays;
}
