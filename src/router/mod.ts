/**
 * Nasc behind HTTP: a Hono app in front of a processor.
 *
 * @module
 */
export {
  type AttachedNasc,
  attachNasc,
  type AttachOptions,
  createNasc,
  type Nasc,
  nasc,
} from "./create-nasc.ts";
export type { Access, Authorization, Demand, LimitAnswer, NascOptions } from "./options.ts";
export type { Problem } from "./problem.ts";
export { tokenBucket, type TokenBucketOptions } from "./token-bucket.ts";
