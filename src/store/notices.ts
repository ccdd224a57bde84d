import type { CollectionState, Step } from "./collection-state.ts";
import type { Document } from "./field.ts";
import { freeze } from "./freeze.ts";
import type { Change, Operation } from "./observer.ts";
import { compare } from "./scalar.ts";
import type { Table } from "./table.ts";
import { ValueMap } from "./value-map.ts";

type Documents = (Document | undefined)[];

/** What happened to one document, in one step or in several. */
interface NetChange {
  /** The first step that changed it. */
  readonly step: Step;
  readonly key: unknown;
  readonly before: Document | undefined;
  after: Document | undefined;
}

/** One call to the observers of a collection. */
export interface Notice {
  /** The first step that it reports. */
  readonly step: Step;
  readonly type: Operation;
  readonly keys: unknown[];
  readonly change: LazyChange;
  /** Whether nothing changed, which only observers of misses hear. */
  readonly isMiss: boolean;
}

/** What observers receive besides the keys. Documents are frozen when someone reads them, as in the table. */
class LazyChange implements Change<Document> {
  readonly #before: Documents;
  readonly #after: Documents;
  /** The steps of the transaction. */
  transaction: object = [];

  constructor(before: Documents, after: Documents) {
    this.#before = before;
    this.#after = after;
  }

  add({ before, after }: NetChange): void {
    this.#before.push(before);
    this.#after.push(after);
  }

  get before(): Documents {
    return frozen(this.#before);
  }

  get after(): Documents {
    return frozen(this.#after);
  }
}

function frozen(documents: Documents): Documents {
  if (!Object.isFrozen(documents)) {
    for (const document of documents) if (document) freeze(document);
  }
  return Object.freeze(documents) as Documents;
}

/**
 * Returns what observers hear of a committed transaction: the net change of each document, grouped by collection and
 * operation, in the order of the first changes. A `clear` stands apart from what comes before and after it.
 */
export function noticesOf(steps: readonly Step[]): Notice[] {
  const notices = ungrouped(steps);
  for (const { change } of notices) change.transaction = steps;
  return notices;
}

function ungrouped(steps: readonly Step[]): Notice[] {
  const [first] = steps;
  // A single write, the usual case, has nothing to net or group.
  if (steps.length === 1 && !first!.cleared) return changesOf(first!).map(noticeOf);
  const heard = new Map<CollectionState, Step[]>();
  for (const step of steps) {
    if (step.state.observers.size === 0) continue;
    const own = heard.get(step.state);
    if (own) own.push(step);
    else heard.set(step.state, [step]);
  }
  const notices = [...heard.values()].flatMap(noticesIn);
  if (heard.size < 2) return notices;
  const positions = new Map(steps.map((step, position) => [step, position]));
  return notices.sort((a, b) => positions.get(a.step)! - positions.get(b.step)!);
}

/** Returns the notices of the steps of one collection. */
function noticesIn(steps: readonly Step[]): Notice[] {
  const notices: Notice[] = [];
  let sinceClear: Step[] = [];
  for (const step of steps) {
    if (!step.cleared) sinceClear.push(step);
    else {
      notices.push(...grouped(sinceClear), noticeOfClear(step, step.cleared));
      sinceClear = [];
    }
  }
  return [...notices, ...grouped(sinceClear)];
}

/** Returns the notices of steps without a clear, by operation. */
function grouped(steps: readonly Step[]): Notice[] {
  const [first] = steps;
  // Documents that were only added have different keys, so there is nothing to net.
  if (first && steps.every(({ before, after }) => !before && after)) {
    const after = steps.map(({ after }) => after!);
    return [noticeOfMany(first, "create", { before: after.map(() => undefined), after })];
  }
  const notices: Notice[] = [];
  for (const change of netChanges(steps)) {
    const { key, before, after } = change;
    const isMiss = !before && !after;
    if (before === after && !isMiss) continue;
    const type = typeOf(change);
    const notice = notices.find((other) => other.type === type && other.isMiss === isMiss);
    if (!notice) notices.push(noticeOf(change));
    else {
      notice.keys.push(key);
      notice.change.add(change);
    }
  }
  return notices;
}

function netChanges(steps: readonly Step[]): readonly NetChange[] {
  const changes: NetChange[] = [];
  const known = new ValueMap<NetChange>();
  for (const step of steps) {
    for (const change of changesOf(step)) {
      const { key, after } = change;
      const earlier = known.get(key);
      if (earlier) earlier.after = after;
      else {
        known.set(key, change);
        changes.push(change);
      }
    }
  }
  return changes;
}

function changesOf(step: Step): NetChange[] {
  const { state, before, after, missed } = step;
  const key = before ? state.keyOf(before) : missed;
  const newKey = after && state.keyOf(after);
  if (before && after && compare(key, newKey) === 0) return [{ step, key, before, after }];
  const changes: NetChange[] = [];
  if (key !== undefined) changes.push({ step, key, before, after: undefined });
  if (after) changes.push({ step, key: newKey, before: undefined, after });
  return changes;
}

function typeOf({ before, after }: NetChange): Operation {
  return !after ? "delete" : before ? "update" : "create";
}

function noticeOf(netChange: NetChange): Notice {
  const { step, key, before, after } = netChange;
  return {
    step,
    type: typeOf(netChange),
    keys: [key],
    change: new LazyChange([before], [after]),
    isMiss: !before && !after,
  };
}

function noticeOfClear(step: Step, cleared: Table): Notice {
  const before = cleared.slots(0, cleared.size).map((slot) => cleared.peek(slot)!);
  return noticeOfMany(step, "clear", { before, after: before.map(() => undefined) });
}

/** Returns one notice of documents that were all added, or are all gone. */
function noticeOfMany(
  step: Step,
  type: Operation,
  { before, after }: { before: Documents; after: Documents },
): Notice {
  return {
    step,
    type,
    keys: before.map((document, index) => step.state.keyOf(document ?? after[index]!)),
    change: new LazyChange(before, after),
    isMiss: before.length === 0,
  };
}
