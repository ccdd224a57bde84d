import type { CollectionState } from "./collection-state.ts";
import { freeze } from "./freeze.ts";
import type { Step } from "./journal.ts";
import type { Change, Operation } from "./observer.ts";
import type { Document } from "./path.ts";
import { compare } from "./scalar.ts";
import type { Table } from "./table.ts";
import { ValueMap } from "./value-map.ts";

type Documents = readonly (Document | undefined)[];

/** One call to the observers of a collection. */
export interface StoreEvent {
  readonly state: CollectionState;
  readonly type: Operation;
  readonly keys: unknown[];
  readonly before: (Document | undefined)[];
  readonly after: (Document | undefined)[];
  /** Whether nothing changed, which only those hear who want to. */
  readonly isMiss: boolean;
}

/** What observers are told beside the keys. Documents are frozen when somebody looks at them, as in the table. */
export class LazyChange implements Change<Document> {
  readonly #event: StoreEvent;

  constructor(event: StoreEvent) {
    this.#event = event;
  }

  get before(): Documents {
    return frozen(this.#event.before);
  }

  get after(): Documents {
    return frozen(this.#event.after);
  }
}

function frozen(documents: Documents): Documents {
  if (Object.isFrozen(documents)) return documents;
  documents.forEach(freeze);
  return Object.freeze(documents);
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
  if (steps.length === 1) return eventsOfOne(steps[0]!);
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

  for (const { state, before, after, cleared, missed } of steps) {
    if (state.observers.size === 0) continue;
    if (cleared !== undefined) {
      close();
      events.push(eventOfClear(state, cleared));
      continue;
    }
    if (missed !== undefined) note(state, missed, undefined, undefined);
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

/** The same of a single write, which is the usual case and nets nothing. */
function eventsOfOne({ state, before, after, cleared, missed }: Step): StoreEvent[] {
  if (cleared !== undefined) return [eventOfClear(state, cleared)];
  if (missed !== undefined) return [eventOf(state, "delete", missed, undefined, undefined)];
  const key = before && state.keyOf(before);
  const newKey = after && state.keyOf(after);
  if (before !== undefined && after !== undefined && compare(key, newKey) === 0) {
    return before === after ? [] : [eventOf(state, "update", newKey, before, after)];
  }
  const events: StoreEvent[] = [];
  if (before !== undefined) events.push(eventOf(state, "delete", key, before, undefined));
  if (after !== undefined) events.push(eventOf(state, "create", newKey, undefined, after));
  return events;
}

function eventOfClear(state: CollectionState, cleared: Table): StoreEvent {
  const event = emptyEvent(state, "clear", cleared.size === 0);
  for (const slot of cleared.slots()) {
    const document = cleared.peek(slot)!;
    add(event, state.keyOf(document), document, undefined);
  }
  return event;
}

function grouped(changes: readonly NetChange[]): Iterable<StoreEvent> {
  const groups = new Map<CollectionState, Map<Operation | "miss", StoreEvent>>();
  const events: StoreEvent[] = [];
  for (const { state, key, before, after } of changes) {
    const isMiss = before === undefined && after === undefined;
    if (before === after && !isMiss) continue;
    const type = after === undefined ? "delete" : before === undefined ? "create" : "update";
    const group = isMiss ? "miss" : type;
    let ofState = groups.get(state);
    if (ofState === undefined) groups.set(state, ofState = new Map());
    let event = ofState.get(group);
    if (event === undefined) {
      event = emptyEvent(state, type, isMiss);
      ofState.set(group, event);
      events.push(event);
    }
    add(event, key, before, after);
  }
  return events;
}

function eventOf(
  state: CollectionState,
  type: Operation,
  key: unknown,
  before: Document | undefined,
  after: Document | undefined,
): StoreEvent {
  const event = emptyEvent(state, type, before === undefined && after === undefined);
  add(event, key, before, after);
  return event;
}

function emptyEvent(state: CollectionState, type: Operation, isMiss: boolean): StoreEvent {
  return { state, type, keys: [], before: [], after: [], isMiss };
}

function add(
  event: StoreEvent,
  key: unknown,
  before: Document | undefined,
  after: Document | undefined,
): void {
  event.keys.push(key);
  event.before.push(before);
  event.after.push(after);
}
