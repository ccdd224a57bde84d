import { NascError } from "./errors.ts";
import type { BindUpdatePatch, ErrorPatch, SchemaPatch } from "./message.ts";
import { type SchemaProvider, schemasFor } from "./schemas.ts";

/** Which revision of which instance patches speak of. */
export interface Subject {
  readonly type: string;
  readonly id: string;
  readonly rev: number;
}

/** One patch a changed property. */
export function updatePatches(
  { type, id, rev }: Subject,
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

/** The schema of an instance's type and of those that it refers to. */
export async function schemaPatches(
  provider: SchemaProvider | undefined,
  { type, id }: Omit<Subject, "rev">,
): Promise<SchemaPatch[]> {
  const schemas = await schemasFor(provider, type);
  return [...schemas].map(([name, schema]) => ({
    action: "schema",
    type: name,
    instance: id,
    schema,
  }));
}

/** What a page may know of an error: all of a {@link NascError}, and of any other only that it happened. */
export function errorPatch(
  error: unknown,
  about: { eventId?: string | undefined; type?: string | undefined; id?: string | undefined },
): ErrorPatch {
  const { eventId, type, id } = about;
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
