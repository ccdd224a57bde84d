import type { Step } from "./collection-state.ts";
import type { Document } from "./field.ts";
import { freeze } from "./freeze.ts";
import type { Change, Operation } from "./observer.ts";
import { compare } from "./scalar.ts";
import type { Table } from "./table.ts";
import { ValueMap } from "./value-map.ts";

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
  /** What happened, or that a delete found no document. */
  readonly kind: Operation | "miss";
  readonly changes: readonly NetChange[];
}

/** What observers receive besides the keys. Documents are frozen when someone reads them, as in the table. */
export class LazyChange implements Change<Document> {
  readonly #changes: readonly NetChange[];
  #before: readonly (Document | undefined)[] | undefined;
  #after: readonly (Document | undefined)[] | undefined;
  /** Stands for the transaction. */
  declare readonly transaction: object;

  constructor(changes: readonly NetChange[], transaction: object) {
    this.#changes = changes;
    this.transaction = transaction;
  }

  get before(): readonly (Document | undefined)[] {
    return this.#before ??= frozen(this.#changes.map(({ before }) => before));
  }

  get after(): readonly (Document | undefined)[] {
    return this.#after ??= frozen(this.#changes.map(({ after }) => after));
  }
}

function frozen<Documents extends readonly unknown[]>(documents: Documents): Documents {
  documents.forEach(freeze);
  return Object.freeze(documents) as Documents;
}

/**
 * Returns what observers hear of a committed transaction: the net change of each document, grouped by collection and
 * operation, in the order of the first changes. A `clear` stands apart from what comes before and after it.
 */
export function noticesOf(steps: readonly Step[]): Notice[] {
  const [first] = steps;
  // A single write, the usual case, has nothing to net or group.
  if (steps.length === 1 && !first!.cleared) {
    return changesOf(first!).map((change) => noticeOf([change]));
  }
  const observed = steps.filter(({ state }) => state.observers.size > 0);
  const heard = Map.groupBy(observed, ({ state }) => state);
  const notices = [...heard.values()].flatMap(noticesIn);
  return notices.sort((a, b) => steps.indexOf(a.step) - steps.indexOf(b.step));
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
  // Documents that were only added have different keys, so there is nothing to net.
  const isLoad = steps.length > 0 && steps.every(({ before, after }) => !before && after);
  const groups = isLoad
    ? [steps.flatMap(changesOf)]
    : [...Map.groupBy(netChanges(steps), kindOf).values()];
  return groups.map(noticeOf);
}

function netChanges(steps: readonly Step[]): readonly NetChange[] {
  const changes: NetChange[] = [];
  const known = new ValueMap<NetChange>();
  for (const change of steps.flatMap(changesOf)) {
    const earlier = known.get(change.key);
    if (earlier) earlier.after = change.after;
    else {
      known.set(change.key, change);
      changes.push(change);
    }
  }
  return changes.filter(({ before, after }) => !before || before !== after);
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

function kindOf({ before, after }: NetChange): Notice["kind"] {
  return after ? before ? "update" : "create" : before ? "delete" : "miss";
}

/** Returns the notice of changes of one kind. */
function noticeOf(changes: readonly NetChange[]): Notice {
  const [change] = changes;
  return { step: change!.step, kind: kindOf(change!), changes };
}

function noticeOfClear(step: Step, cleared: Table): Notice {
  const changes = cleared.slots(0, cleared.size).map((slot) => {
    const before = cleared.peek(slot)!;
    return { step, key: step.state.keyOf(before), before, after: undefined };
  });
  return { step, kind: "clear", changes };
}
