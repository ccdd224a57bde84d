/**
 * JSON Schemas for the payloads, parameters and states of handlers.
 *
 * @module
 */
export { jsonSchema } from "./json-schema.ts";
export type { StandardIssue, StandardResult } from "../processor/standard-schema.ts";
