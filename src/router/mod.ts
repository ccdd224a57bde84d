/**
 * Nasc behind HTTP: a Hono app in front of a processor.
 *
 * @module
 */
export { exportInstances, type ExportOptions } from "../processor/transfer/export-instances.ts";
export {
  type Imported,
  importInstances,
  type ImportOptions,
} from "../processor/transfer/import-instances.ts";
export { type AttachedNasc, attachNasc, type AttachOptions } from "./attach-nasc.ts";
export { createNasc, type Nasc, nasc } from "./create-nasc.ts";
export type { Access, Authorization, Demand, LimitAnswer, NascOptions } from "./options.ts";
export type { Problem } from "./problem.ts";
export { tokenBucket, type TokenBucketOptions } from "./token-bucket.ts";
