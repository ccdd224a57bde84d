/**
 * For tests: the suite that every adapter of Rian passes, for authors of new ones, and the harness that shows what the
 * events of an application do.
 *
 * @module
 */
export { harness } from "./harness.ts";
export type { Harness, HarnessOptions, SendOptions } from "./harness-types.ts";
export type {
  Persisted,
  PersistedDelete,
  PersistedPut,
  Sent,
  SentError,
  SentMessage,
} from "./sent.ts";
export { type AdapterCase, testAdapter, type TestAdapterOptions } from "./test-adapter.ts";
