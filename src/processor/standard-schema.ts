/**
 * The part of Standard Schema, version 1, that is used here. zod, valibot, arktype and others make schemas of it:
 * https://standardschema.dev
 *
 * @module
 */
import { memberOf } from "../shared/own.ts";

/** A schema that checks a value and returns what it makes of it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  /** What every library offers under this name. */
  readonly "~standard": {
    /** The version of Standard Schema. */
    readonly version: 1;
    /** The library that made it. */
    readonly vendor: string;
    /** Returns the output, or what is wrong with the value; or a promise of it. */
    readonly validate: (
      value: unknown,
    ) => StandardResult<Output> | Promise<StandardResult<Output>>;
    /** Only for the compiler: what the schema takes, and what it makes of it. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says to a value. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** One thing that is wrong with a value. */
export interface StandardIssue {
  /** A sentence for people. */
  readonly message: string;
  /** Where in the value that is; the value itself if there is none. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema makes of a value. */
export type OutputOf<Schema> = Schema extends
  { readonly "~standard": { readonly types?: { readonly output: infer Output } | undefined } }
  ? Output
  : unknown;

/** What a schema takes. */
export type InputOf<Schema> = Schema extends
  { readonly "~standard": { readonly types?: { readonly input: infer Input } | undefined } } ? Input
  : unknown;

/** Returns what is wrong with a schema, as it follows its name. */
export function schemaProblem(schema: unknown): string | undefined {
  // Those of arktype are functions.
  const standard = Object(schema) === schema ? memberOf(schema, "~standard") : undefined;
  if (typeof memberOf(standard, "validate") !== "function") {
    return " is no Standard Schema; pass one of zod, valibot, arktype or the like, or wrap a JSON Schema: " +
      "jsonSchema(…) of rian/json-schema";
  }
  const version = memberOf(standard, "version");
  return version === 1
    ? undefined
    : ` is of version ${String(version)} of Standard Schema; pass one of version 1`;
}
