/**
 * Nasc behind HTTP: a Hono app in front of a processor.
 *
 * @module
 */
export { attachNasc, type AttachOptions, nasc } from "./nasc.ts";
export type { Access, NascOptions } from "./options.ts";
export type { Problem } from "./problem.ts";
