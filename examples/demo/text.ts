/**
 * Returns a field of a payload as text, without space around it; `undefined` if there is no such field. Whatever else
 * a page has sent in its place counts as no text, `""`.
 */
export function textOf(payload: unknown, field: string): string | undefined {
  if (typeof payload !== "object" || payload === null) return undefined;
  if (!Object.hasOwn(payload, field)) return undefined;
  const value: unknown = (payload as Record<string, unknown>)[field];
  return typeof value === "string" ? value.trim() : "";
}
