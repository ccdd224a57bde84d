/**
 * Ramify: typed collections of documents in memory.
 *
 * @module
 */

export { type DetachedStore, Ramify, type RamifyStore } from "./ramify.ts";
export type { Definition, StoreMethods, StoreOptions, UntypedDocument } from "./ramify.ts";
export type { Collection } from "./collection.ts";
export type { Criteria, Documents, Explanation, Query } from "./query.ts";
export type { FieldValue, Member, Operand, Where } from "./where.ts";
export type { RangeOptions } from "./condition.ts";
export type { KeyField, Path, PathValue, Schema } from "./schema.ts";
export type { Key } from "../shared/key.ts";
export type { UntypedSchema } from "./definition.ts";
export type { Change, Observer, ObserverOptions, Operation } from "./observer.ts";
export type { ErrorContext, ErrorHandler } from "./notifier.ts";
export { ConstraintError } from "../shared/errors.ts";
export { type LiveQuery, liveQuery } from "./live-query.ts";
