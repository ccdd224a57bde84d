/**
 * Rian keeps an application's state and runs its events, the same way in a Cloudflare Worker, in Deno, in Node
 * and in the browser.
 *
 * @module
 */

// Persistence: the adapter contract, and the store for tests and single processes.
export {
  type Adapter,
  assertStorable,
  BaseAdapter,
  type Capabilities,
  compareKeys,
  ConflictError,
  decodeKey,
  type DeleteWrite,
  encodeKey,
  type Entry,
  type Key,
  type ListOptions,
  MemoryStore,
  type MemoryStoreOptions,
  type PreparedPut,
  type PreparedWrite,
  type PutWrite,
  type Range,
  StorageLimitError,
  type Store,
  type Version,
  type Write,
} from "./src/persistence/mod.ts";

// Nasc: events in, patches out.
export {
  type AppliedEvent,
  applyEvent,
  type ApplyEventOptions,
  type BindUpdatePatch,
  type Change,
  createProcessor,
  type Delay,
  diff,
  type DocumentCollection,
  type ErrorContext,
  type ErrorPatch,
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
  type SchemaPatch,
  type SchemaProvider,
  type TurnOptions,
  Turns,
} from "./src/processor/mod.ts";
