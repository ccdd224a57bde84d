import type { Store } from "../persistence/adapter/adapter.ts";
import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";
import { Broadcasts } from "./broadcasts.ts";
import { callEvent, callUpdate, type Limit } from "./call-handler.ts";
import { ownState } from "./copy-state.ts";
import { diff } from "./diff.ts";
import type { Handler, HandlerContext } from "./handlers.ts";
import { handlerKind } from "./kinds.ts";
import { isAdapter } from "./open-instances.ts";
import { checkPayload } from "./payload-check.ts";
import { persistEntry } from "./persist-entry.ts";
import { migrateState } from "./state-version.ts";

/** Options of {@link applyEvent}. */
export interface ApplyEventOptions {
  /** The handler that declares the event. */
  readonly handler: Handler;
  /** The name of the event to run. */
  readonly event: string;
  /** The event's payload. */
  readonly payload?: unknown;
  /** The state before the event. It is not changed. */
  readonly current: object;
  /** The version of the handler that `current` is of, if it is an older one: it is migrated first. */
  readonly version?: number;
  /** Where the result is persisted. Not needed for a dry run. */
  readonly store?: Store;
  /** The instance's type, for the handler's context and for the store. */
  readonly type: string;
  /** The instance's id, for the handler's context and for the store. */
  readonly id: string;
  /** Computes everything and persists nothing. */
  readonly dryRun?: boolean;
  /** More of the handler's context, such as `user` and `env`. */
  readonly context?: Partial<HandlerContext>;
}

const optionKinds: kind.Kinds<ApplyEventOptions> = {
  handler: handlerKind,
  event: { ...kind.text, isRequired: true },
  payload: kind.anything,
  current: { ...kind.record, cure: "the state before the event, an object", isRequired: true },
  version: {
    fits: (value) => Number.isSafeInteger(value) && (value as number) > 0,
    cure: "a whole number from 1 up",
  },
  store: {
    fits: (value) => kind.hasMethods(value, "persist"),
    cure: "an adapter, or a store with load and persist",
  },
  type: { ...kind.text, isRequired: true },
  id: { ...kind.text, isRequired: true },
  dryRun: kind.flag,
  context: kind.record,
};

/** What {@link applyEvent} returns. */
export interface AppliedEvent {
  /** The changed properties with their new values; a removed one is `undefined`. */
  readonly diff: Record<string, unknown>;
  /** The state after the event. */
  readonly newState: object;
}

/**
 * Runs one event on a given state, diffs, and persists what changed: one step of the processor, for tests and
 * tools. It loads no state and compares no versions.
 *
 * @throws {NascError} `unknown-event` if the handler does not declare the event, `invalid` if its schema refuses the
 * payload, or `newer-state` if `current`, or what is stored, is of a later version than the handler
 * @throws {Error} if `current` cannot be migrated
 * @throws {TypeError} if an option is missing or not what it should be, if the parts are passed one by one, or if the
 * handler returns anything that is not a state, or that cannot be stored
 *
 * @example See what an event would do
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
export async function applyEvent(given: ApplyEventOptions): Promise<AppliedEvent> {
  // As the first Nasc had it.
  if (arguments.length > 1) {
    throw new TypeError(
      "Cannot apply an event: it takes one object, and these are several arguments; write " +
        "applyEvent({ handler, event, payload, current, store, type, id })",
    );
  }
  const { options } = checkOptions("apply an event", { options: given }, {
    options: { ...kind.optionsOf(optionKinds), isRequired: true },
  });
  const { handler, event, store, type, id, dryRun } = options;
  if (!dryRun && !store) {
    throw new TypeError(
      `Cannot apply ${type}.${event}: there is no store; pass one, or dryRun: true`,
    );
  }
  const current = options.version === undefined
    ? options.current
    : migrateState(handler, { type, id }, { state: options.current, from: options.version });
  const updates: ((state: object) => unknown)[] = [];
  const context: HandlerContext = {
    eventId: "",
    user: undefined,
    env: undefined,
    signal: new AbortController().signal,
    waitUntil: () => {},
    update(otherType, otherId, change) {
      if (otherType === type && otherId === id) return Promise.resolve(void updates.push(change));
      return Promise.reject(
        new Error(
          `Cannot update from ${type}.${event}: applyEvent handles one instance; use createProcessor`,
        ),
      );
    },
    async read(otherType, otherId) {
      if (otherType === type && otherId === id) return structuredClone(current);
      if (store) return await store.load(otherType, otherId) ?? undefined;
      throw new Error(
        `Cannot read ${otherType}/${otherId} from ${type}.${event}: there is no store; pass one`,
      );
    },
    send: () => {
      throw new Error(
        `Cannot send from ${type}.${event}: applyEvent handles one instance; use createProcessor`,
      );
    },
    sender: undefined,
    viewers: () => [],
    // Nobody listens.
    broadcast: (payload) => new Broadcasts().add({ type, id }, payload),
    delete: () =>
      Promise.reject(
        new Error(
          `Cannot delete from ${type}.${event}: applyEvent returns a state; use createProcessor`,
        ),
      ),
    ...options.context,
    type,
    id,
  };
  const limit: Limit = (_name, call) => call();
  const isDeleted = () => false;
  const sent = { type, event, payload: options.payload };
  // What it reports is the cause of what it throws.
  const payload = await checkPayload(handler, sent, { limit, report: () => {} });
  const state = structuredClone(current);
  let newState = ownState(
    (await callEvent(handler, event, { payload, state, context, limit, isDeleted }))!,
  );
  for (const change of updates) {
    const state = structuredClone(newState);
    newState = ownState(await callUpdate(type, state, { change, limit }));
  }
  const changed = diff(options.current, newState);
  if (!dryRun && Object.keys(changed).length > 0) {
    await persist(store!, options, { changed, newState });
  }
  return { diff: changed, newState };
}

async function persist(
  store: Store,
  { handler, type, id }: ApplyEventOptions,
  { changed, newState }: { changed: Record<string, unknown>; newState: object },
): Promise<void> {
  if (isAdapter(store)) await persistEntry(store, { type, id }, { state: newState, handler });
  else await store.persist(type, id, changed, newState);
}
