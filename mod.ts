/**
 * Rian keeps an application's state and runs its events, the same way in a Cloudflare Worker, in Deno, in Node
 * and in the browser.
 *
 * @module
 */

// Ramify: collections in memory.
export {
  type Change,
  type Collection,
  ConstraintError,
  type Criteria,
  type Definition,
  type DetachedStore,
  type Documents,
  type ErrorContext,
  type ErrorHandler,
  type Explanation,
  type FieldValue,
  type KeyField,
  type LiveQuery,
  liveQuery,
  type Member,
  type Observer,
  type ObserverOptions,
  type Operand,
  type Operation,
  type Path,
  type PathValue,
  type Query,
  Ramify,
  type RamifyStore,
  type RangeOptions,
  type Schema,
  type StoreMethods,
  type StoreOptions,
  type UntypedDocument,
  type UntypedSchema,
  type Where,
} from "./src/store/mod.ts";

// Persistence: the adapter contract, and the store for tests and single processes.
export {
  type Adapter,
  type Capabilities,
  type CheckWrite,
  ConflictError,
  type DeleteWrite,
  type Entry,
  type Key,
  type ListOptions,
  MemoryStore,
  type MemoryStoreOptions,
  type PutWrite,
  StorageLimitError,
  type Store,
  UnreadableEntryError,
  type Version,
  type Write,
} from "./src/persistence/adapter/mod.ts";

// Persistence of collections: what Ramify holds, kept in an adapter.
export {
  type Conflict,
  type DocumentAddress,
  type FailurePolicy,
  type HydrationProgress,
  type MigrationContext,
  type PageEvents,
  persist,
  type Persistence,
  type PersistenceState,
  type PersistenceStatus,
  type PersistentCollection,
  type PersistErrorContext,
  type PersistOptions,
  type PersistTarget,
  type RetryOptions,
  type SavedChanges,
  type SaveFailure,
  type StoredDocument,
} from "./src/persistence/collections/mod.ts";

// Nasc: events in, patches out.
export {
  type AppliedEvent,
  applyEvent,
  type ApplyEventOptions,
  type BindUpdatePatch,
  createProcessor,
  diff,
  type ErrorPatch,
  type EventErrorContext,
  type Handler,
  type HandlerContext,
  type Handlers,
  type Hub,
  type InstanceStore,
  type JsonSchema,
  MemoryHub,
  type Message,
  type MountParams,
  NascError,
  type NascErrorOptions,
  type OpenOptions,
  type Patch,
  type ProcessContext,
  type Processor,
  type ProcessorOptions,
  type Publication,
  type SchemaPatch,
  type SchemaProvider,
} from "./src/processor/mod.ts";
