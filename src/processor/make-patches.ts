import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import { NascError } from "./errors.ts";
import type { BindUpdatePatch, ErrorPatch, SchemaPatch } from "./message.ts";
import type { EventErrorContext } from "./options.ts";
import { type SchemaOptions, schemasFor } from "./schemas.ts";

/** Returns one patch for each changed property of an instance at revision `rev`. */
export function updatePatches(
  { type, id, rev }: Address & { readonly rev: number },
  changed: Record<string, unknown>,
): BindUpdatePatch[] {
  return Object.entries(changed).map(([prop, value]) => ({
    action: "bindUpdate",
    type,
    instance: id,
    prop,
    ...(value === undefined ? { value: null, removed: true } : { value }),
    rev,
  }));
}

/** Returns what protocol 1 says of an instance of which nothing is shown. */
export function gonePatch({ type, id }: Address): ErrorPatch {
  return { action: "error", code: "gone", message: "This is no longer shown", type, instance: id };
}

/** Returns the schemas of an instance's type and of the types that it refers to, as far as they may be shown. */
export async function schemaPatches(
  { type, id }: Address,
  options: SchemaOptions,
): Promise<SchemaPatch[]> {
  const schemas = await schemasFor(type, options);
  return [...schemas].map(([name, schema]) => ({
    action: "schema",
    type: name,
    instance: id,
    schema,
  }));
}

/** Returns what a page may learn of an error: all of a {@link NascError}; of any other, only that it happened. */
export function errorPatch(
  error: unknown,
  context: Partial<EventErrorContext>,
): ErrorPatch {
  const { eventId, type, id } = own(context);
  const known = error instanceof NascError;
  return {
    action: "error",
    code: known ? error.code : "internal",
    message: known ? error.message : "Something went wrong; nothing was changed",
    ...(eventId !== undefined && { eventId }),
    ...(known && error.fields && { fields: error.fields }),
    ...(type !== undefined && { type }),
    ...(id !== undefined && { instance: id }),
  };
}
