import type { FormAction } from "../page/form-action.ts";

/** Returns the payload that the client would send for the same form, whose fields a browser has sent by itself. */
export function formPayload(
  fields: Readonly<Record<string, unknown>>,
  { data = {}, flags = [], lists = [] }: Partial<FormAction>,
): Record<string, unknown> {
  const payload = new Map<string, unknown>(Object.entries({ ...data, ...fields }));
  for (const name of lists) payload.set(name, listOf(fieldOf(fields, name)));
  // A checkbox that means yes or no is sent for the yes only.
  for (const name of flags) payload.set(name, fieldOf(fields, name) !== undefined);
  return Object.fromEntries(payload);
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : [value].flat();
}

function fieldOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}
