import type { Adapter } from "../../persistence/adapter/adapter.ts";
import type { QueuedMessage } from "../send/queued-message.ts";
import { queueTypes, sideTypes } from "../side-types.ts";
import { checkOptions } from "../../shared/check-options.ts";
import * as kind from "../../shared/kinds.ts";
import { formatLine, type Transferred } from "./instance-line.ts";
import { adapterKind } from "./kinds.ts";

const typesKind: kind.Kind = {
  fits: (value) => Array.isArray(value) && value.every((type) => typeof type === "string"),
  cure: "a list of the names of types, such as Object.keys(handlers)",
  isRequired: true,
};

/** Options of {@link exportInstances}. */
export interface ExportOptions {
  /** The types of the instances, such as `Object.keys(handlers)`. */
  readonly types: readonly string[];
}

/**
 * Reads all instances of some types, and yields each as one line of JSON: its state, its revision, and the ids of the
 * events that were applied to it; then what they have sent to others and nobody has delivered. What is written meanwhile may be missing, so stop the events first.
 *
 * @throws {TypeError} if an argument is not what it should be
 * @throws {UnreadableEntryError} if an entry is damaged
 *
 * @example Move all instances from one store to another
 * ```ts
 * import { createProcessor, MemoryStore } from "rian";
 * import { exportInstances, importInstances } from "rian/hono";
 *
 * const Counter = {
 *   mount: () => ({ count: 0 }),
 *   add: (_: unknown, state: { count: number }) => ({ count: state.count + 1 }),
 * };
 * const [from, to] = [new MemoryStore(), new MemoryStore()];
 * await createProcessor({ Counter }, from)({ type: "Counter", instance: "visits", event: "add" });
 *
 * const { imported } = await importInstances(to, exportInstances(from, { types: ["Counter"] }));
 * if (imported !== 1) throw new Error("expected one instance");
 * ```
 */
export async function* exportInstances(
  store: Adapter,
  given: ExportOptions,
): AsyncGenerator<string> {
  const { options: { types } } = checkOptions("export instances", { store, options: given }, {
    store: adapterKind,
    options: { ...kind.optionsOf({ types: typesKind }), isRequired: true },
  });
  for (const type of types) {
    for await (const entry of entriesOf(store, type)) yield formatLine(entry);
  }
  // Last, so what moves there from an instance meanwhile is there twice, and not nowhere.
  for (const type of sideTypes) {
    for await (const entry of entriesOf(store, type)) {
      if (types.includes(ownerOf(entry) ?? "")) yield formatLine(entry);
    }
  }
  for (const type of queueTypes) {
    for await (const entry of entriesOf(store, type)) {
      if (types.includes(senderTypeOf(entry) ?? "")) yield formatLine(entry);
    }
  }
}

async function* entriesOf(store: Adapter, type: string): AsyncGenerator<Transferred> {
  for await (const { key, value, metadata } of store.list(type)) {
    // An instance's id is a text; what has another key was put there by the application.
    if (typeof key !== "string") continue;
    yield { type, key, value, ...(metadata !== undefined && { metadata }) };
  }
}

/** Returns the type of the instance that has sent what an entry of the send queue holds. */
function senderTypeOf({ value }: Transferred): string | undefined {
  return (value as Partial<QueuedMessage> | null | undefined)?.sender?.type;
}

/** Returns the type of the instance that an entry belongs to. */
function ownerOf({ key }: Transferred): string | undefined {
  try {
    return JSON.parse(key)[0];
  } catch {
    return undefined;
  }
}
