import { Engine, type Outcome } from "./engine.ts";
import type { Handlers } from "./handlers.ts";
import type { Message, Patch } from "./message.ts";
import type { InstanceStore } from "./open-instances.ts";
import type { ProcessContext, ProcessorOptions } from "./options.ts";

/** Runs one message and answers with patches. It never rejects: what went wrong is an `error` patch. */
export type Processor = (message: Message, context?: ProcessContext) => Promise<Patch[]>;

/**
 * Makes the function that runs events: it loads the instance's state, runs the handler, diffs, persists, and
 * answers with patches.
 *
 * With an adapter, a commit compares versions, and an event that lost a race is run again on the new state.
 * With a plain store, the events of one instance run one after the other in this process.
 *
 * @throws {Error} when the store has no compare-and-set and `lastWriteWins` is not set
 *
 * @example A counter
 * ```ts
 * import { createProcessor, MemoryStore } from "rian";
 *
 * const process = createProcessor({
 *   Counter: {
 *     mount: () => ({ count: 0 }),
 *     add: (n: number, state: { count: number }) => ({ count: state.count + n }),
 *   },
 * }, new MemoryStore());
 *
 * await process({ type: "Counter", instance: "visits", event: "mount" });
 * const patches = await process({ type: "Counter", instance: "visits", event: "add", payload: 2 });
 * if (JSON.stringify(patches).includes('"value":2') === false) throw new Error("expected 2");
 * ```
 */
export function createProcessor(
  handlers: Handlers,
  store: InstanceStore,
  options: ProcessorOptions = {},
): Processor {
  const engine = new Engine(handlers, store, options);
  return async (message, context) => toPatches(await engine.run(message, context));
}

/** Returns what a page is told of an outcome. */
export function toPatches(outcome: Outcome): Patch[] {
  return outcome.ok ? [...outcome.patches] : [outcome.error];
}
