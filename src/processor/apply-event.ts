import type { Store } from "../persistence/adapter/adapter.ts";
import { callEvent } from "./call-handler.ts";
import { diff } from "./diff.ts";
import type { Handler, HandlerContext } from "./handlers.ts";
import { isAdapter } from "./open-instances.ts";

/** What {@link applyEvent} works on. */
export interface ApplyEventOptions {
  /** The type's events. */
  readonly handler: Handler;
  /** Which event to run. */
  readonly event: string;
  /** What the event is given. */
  readonly payload?: unknown;
  /** The state before the event. It is left as it is. */
  readonly current: object;
  /** Where the result is persisted; not needed for a dry run. */
  readonly store?: Store;
  /** The handler's type, for its context and for the store. */
  readonly type: string;
  /** The instance's id, for its context and for the store. */
  readonly id: string;
  /** Works everything out and persists nothing. */
  readonly dryRun?: boolean;
  /** What the handler is told besides, such as `user` and `env`. */
  readonly context?: Partial<HandlerContext>;
}

/** What an event did. */
export interface AppliedEvent {
  /** The changed properties with their new values; a removed one is `undefined`. */
  readonly diff: Record<string, unknown>;
  /** The state after the event. */
  readonly newState: object;
}

/**
 * Runs one event on a given state, diffs, and persists what changed: one step of the processor, for tests and
 * tools. It reads nothing and compares no versions.
 *
 * @throws {NascError} `unknown-event` when the handler does not declare the event
 * @throws {TypeError} when the handler returns something that is no state, or cannot be stored
 *
 * @example Look at what an event would do
 * ```ts
 * import { applyEvent } from "rian";
 *
 * const { diff } = await applyEvent({
 *   handler: { add: (n: number, state: { count: number }) => ({ count: state.count + n }) },
 *   event: "add",
 *   payload: 2,
 *   current: { count: 1 },
 *   type: "Counter",
 *   id: "visits",
 *   dryRun: true,
 * });
 * if (diff.count !== 3) throw new Error("expected 3");
 * ```
 */
export async function applyEvent(options: ApplyEventOptions): Promise<AppliedEvent> {
  const { handler, event, payload, current, store, type, id, dryRun } = options;
  if (!dryRun && !store) {
    throw new TypeError(
      `Cannot apply ${type}.${event}: there is no store; pass one, or dryRun: true`,
    );
  }
  const context: HandlerContext = {
    eventId: "",
    user: undefined,
    env: undefined,
    signal: undefined,
    waitUntil: () => {},
    update: () =>
      Promise.reject(
        new Error(`Cannot update from ${type}.${event}: applyEvent knows one instance`),
      ),
    ...options.context,
    type,
    id,
  };
  const newState = await callEvent(handler, event, {
    payload,
    state: structuredClone(current),
    context,
  });
  const changed = diff(current, newState);
  if (!dryRun && Object.keys(changed).length > 0) {
    await persist(store!, options, { changed, newState });
  }
  return { diff: changed, newState };
}

/** An adapter keeps the revision beside the state, and it goes on counting; `persist` alone would lose it. */
async function persist(
  store: Store,
  { type, id }: ApplyEventOptions,
  { changed, newState }: { changed: Record<string, unknown>; newState: object },
): Promise<void> {
  if (!isAdapter(store)) return await store.persist(type, id, changed, newState);
  const entry = await store.get(type, id);
  const { rev = 0 } = (entry?.metadata ?? {}) as { rev?: number };
  await store.commit([{ type, key: id, value: newState, metadata: { rev: rev + 1 } }]);
}
