import type { CollectionState } from "./collection-state.ts";
import { freeze } from "./freeze.ts";
import type { Step } from "./journal.ts";
import type { Operation } from "./observer.ts";
import type { Document } from "./path.ts";
import { compare } from "./scalar.ts";
import { ValueMap } from "./value-map.ts";

/** One call to the observers of a collection. */
export interface StoreEvent {
  readonly state: CollectionState;
  readonly type: Operation;
  readonly keys: unknown[];
  readonly before: (Document | undefined)[];
  readonly after: (Document | undefined)[];
}

interface NetChange {
  readonly state: CollectionState;
  readonly key: unknown;
  readonly before: Document | undefined;
  after: Document | undefined;
}

/**
 * What observers are told of a committed transaction: the net change of each document, grouped by collection
 * and operation in the order of their first change.
 */
export function eventsOf(steps: readonly Step[]): StoreEvent[] {
  if (steps.every(({ state }) => state.observers.size === 0)) return [];
  const events: StoreEvent[] = [];
  let changes: NetChange[] = [];
  let known = new Map<CollectionState, ValueMap<NetChange>>();

  function note(
    state: CollectionState,
    key: unknown,
    before: Document | undefined,
    after: Document | undefined,
  ) {
    let ofState = known.get(state);
    if (ofState === undefined) known.set(state, ofState = new ValueMap());
    const earlier = ofState.get(key);
    if (earlier !== undefined) earlier.after = after;
    else {
      const change = { state, key, before, after };
      ofState.set(key, change);
      changes.push(change);
    }
  }

  function close() {
    events.push(...grouped(changes));
    changes = [];
    known = new Map();
  }

  for (const { state, before, after, cleared } of steps) {
    if (state.observers.size === 0) continue;
    if (cleared !== undefined) {
      close();
      const event = eventOf(state, "clear");
      for (const slot of cleared.slots()) {
        const document = cleared.peek(slot)!;
        add(event, state.keyOf(document), document);
      }
      events.push(event);
      continue;
    }
    const key = before && state.keyOf(before);
    const newKey = after && state.keyOf(after);
    if (before !== undefined && after !== undefined && compare(key, newKey) === 0) {
      note(state, newKey, before, after);
    } else {
      if (before !== undefined) note(state, key, before, undefined);
      if (after !== undefined) note(state, newKey, undefined, after);
    }
  }
  close();
  return events;
}

function grouped(changes: readonly NetChange[]): Iterable<StoreEvent> {
  const groups = new Map<CollectionState, Map<Operation, StoreEvent>>();
  const events: StoreEvent[] = [];
  for (const { state, key, before, after } of changes) {
    if (before === after) continue;
    const type = before === undefined ? "create" : after === undefined ? "delete" : "update";
    let ofState = groups.get(state);
    if (ofState === undefined) groups.set(state, ofState = new Map());
    let event = ofState.get(type);
    if (event === undefined) {
      event = eventOf(state, type);
      ofState.set(type, event);
      events.push(event);
    }
    add(event, key, before, after);
  }
  return events;
}

function eventOf(state: CollectionState, type: Operation): StoreEvent {
  return { state, type, keys: [], before: [], after: [] };
}

function add(event: StoreEvent, key: unknown, before?: Document, after?: Document): void {
  freeze(before);
  freeze(after);
  event.keys.push(key);
  event.before.push(before);
  event.after.push(after);
}
