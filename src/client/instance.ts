import type { Address } from "../processor/address.ts";
import type { PatchFrame, SnapshotFrame, ViewersFrame } from "../processor/frames.ts";
import { applyEdits } from "../processor/operations/apply-edits.ts";
import { stateTag } from "../processor/state-tag.ts";
import { own } from "../shared/own.ts";
import { type Change, changeOf, type Guess, type State, wholeChange } from "./change.ts";
import { hasReached, type Moment, type Waiter, Waiters } from "./waiters.ts";

/** The state at one moment. It never changes, so two places can hold the same one. */
export interface Snapshot extends Moment {
  readonly state: State;
}

/** What is so of an instance, by the names that expressions have for it. */
export type Locals = Readonly<Record<string, unknown>>;

/**
 * The page's copy of one instance. It keeps two snapshots, each true at its moment: the one shown, which answers to the
 * page's own events bring ahead of the stream, and the stream's, from which the stream's next patch leads on.
 */
export class Instance {
  readonly address: Address;
  /** How many of its events are not settled. */
  pending = 0;
  /** Whether the last event that was settled was accepted; `undefined` before. */
  isSaved: boolean | undefined;
  /** Whether what was sent last has to be repeated. */
  isUnreachable = false;
  /** Those who look on, as the stream has said last. */
  viewers: ViewersFrame["viewers"] | undefined;
  #shown: Snapshot | undefined;
  #streamed: Snapshot | undefined;
  /** When the state was taken away that was shown last. */
  #left: Moment | undefined;
  #token: string | undefined;
  /** Whether the stream has brought a frame since it was opened. */
  #live = false;
  /** The revision that was shown when the stream was opened. */
  #floor = 0;
  readonly #waiters = new Waiters();
  /** What its own events will do, by their ids. */
  readonly #guesses = new Map<string, Guess>();
  /** What the page shows: the state, and what is guessed to become of it. */
  #seen: State | undefined;
  /** Whether that is the state as it is known. */
  #isKnown = true;
  /** Those who waited when the stream was opened. */
  #early: readonly Waiter[] = [];

  /** @param shown What the server has painted of it. */
  constructor(address: Address, shown?: Snapshot) {
    this.address = address;
    this.#shown = shown;
    this.#seen = shown?.state;
  }

  /** What the page shows, guesses included. */
  get state(): State | undefined {
    return this.#seen;
  }

  /** What is shown, or `undefined` before the first state has arrived and once nothing may be shown. */
  get shown(): Snapshot | undefined {
    return this.#shown;
  }

  /** What the page has seen of it last. */
  get known(): Moment | undefined {
    return this.#streamed ?? this.#shown ?? this.#left;
  }

  /** The token of the stream that follows it. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Whether a stream brings all that changes. */
  get live(): boolean {
    return this.#live;
  }

  /** Whether someone waits for what is not shown. */
  get awaited(): boolean {
    return this.#waiters.all.some((waiter) => !this.shows(waiter));
  }

  /** Returns whether the page has reached a moment. */
  shows(moment: Moment): boolean {
    return hasReached(this.#shown, moment);
  }

  /** Expects the first frame of a new stream, and returns what that is to lead on from, as `have` says it. */
  opening(): string {
    this.lost();
    this.#early = this.#waiters.all;
    this.#floor = this.#shown?.rev ?? 0;
    const held = this.#streamed ??= this.#shown;
    if (held) return `${held.epoch}.${held.rev}.${stateTag(held.state)}`;
    // Without a state there is no tag. By the epoch the server tells that the page has shown what was deleted.
    return this.#left ? `${this.#left.epoch}.${this.#left.rev}.-` : "";
  }

  /** Hears the token of the stream. */
  opened(token: string): void {
    this.#token = token;
  }

  /** Expects nothing of the stream any longer. */
  lost(): void {
    this.#live = false;
    this.#token = undefined;
  }

  /**
   * Takes the next frame of the stream, and returns how what is shown has changed, if it has.
   *
   * @throws {Error} if it does not lead on from what the stream has brought
   */
  frame(frame: SnapshotFrame | PatchFrame): Change | undefined {
    if (frame.action === "snapshot") return this.#see(this.#replace(frame));
    const change = this.#leadOn(frame);
    for (const eventId of frame.eventIds ?? []) this.#guesses.delete(eventId);
    return this.#see(change);
  }

  /** Shows what an event is guessed to do, or no longer, and returns how what the page shows has changed. */
  guess(eventId: string, guess?: Guess): Change | undefined {
    if (guess && this.#seen) this.#guesses.set(eventId, guess);
    else if (!this.#guesses.delete(eventId)) return undefined;
    return this.#see(wholeChange);
  }

  /** Guesses anew, and returns how what the page shows has changed with what is known. */
  #see(change: Change | undefined): Change | undefined {
    const [before, known] = [this.#seen, this.#shown?.state];
    const after = known &&
      [...this.#guesses.values()].reduce((state, guess) => guess(state), known);
    this.#seen = after;
    const isKnown = this.#isKnown && after === known;
    this.#isKnown = after === known;
    return isKnown || !before || !after ? change : changeOf(before, after, undefined);
  }

  /** Takes the frame of an answer, and returns how what is shown has changed, if it has. */
  answer(
    frame: SnapshotFrame | PatchFrame,
    { epoch, eventId, floor }: {
      readonly epoch: string;
      /** The event that was answered. */
      readonly eventId: string | undefined;
      /** The revision that was shown when it was requested. */
      readonly floor: number;
    },
  ): Change | undefined {
    const before = this.#shown;
    if (frame.action === "snapshot") {
      if (before && this.#isOutdated(frame, before, floor)) return undefined;
      this.#shown = snapshotOf(frame);
      if (eventId) this.#guesses.delete(eventId);
      return this.#see(wholeChange);
    }
    if (before?.epoch !== epoch) return undefined;
    try {
      this.#shown = patched(before, frame);
    } catch {
      // The stream, or the whole state, brings what this cannot.
      return undefined;
    }
    if (eventId) this.#guesses.delete(eventId);
    return this.#see(changeOf(before.state, this.#shown.state, frame.ops));
  }

  /** Forgets the state, which may not be shown or is no more. */
  hide(): void {
    this.#left = this.known;
    this.viewers = undefined;
    this.#shown = this.#streamed = this.#seen = undefined;
    this.#guesses.clear();
    this.#floor = 0;
    this.settle();
  }

  /** Resolves once the stream has brought a moment, or can no longer be expected to. */
  caughtUp(moment: Moment): Promise<void> {
    const isThere = this.#live && hasReached(this.#streamed, moment);
    return isThere ? Promise.resolve() : this.#waiters.add(moment);
  }

  /** Releases everyone who waits. */
  settle(): void {
    this.#waiters.release();
  }

  #replace(frame: SnapshotFrame): Change | undefined {
    const before = this.#streamed;
    const floor = this.#live && before ? before.rev : this.#floor;
    this.#streamed = snapshotOf(frame);
    // The instance was replaced, so what is awaited may never come.
    if (before && before.epoch !== frame.epoch || frame.rev < floor) this.settle();
    return this.#catchUp(floor) ? wholeChange : undefined;
  }

  #leadOn(frame: PatchFrame): Change | undefined {
    const [before, shown] = [this.#streamed, this.#shown];
    const floor = this.#live ? 0 : this.#floor;
    if (!before || frame.rev > before.rev) this.#streamed = patched(before, frame);
    if (!this.#catchUp(floor)) return undefined;
    if (!shown) return wholeChange;
    const operations = shown.state === before?.state ? frame.ops : undefined;
    return changeOf(shown.state, this.#streamed!.state, operations);
  }

  /** Shows what the stream has brought, unless an answer to an event since `floor` was faster; returns whether it does. */
  #catchUp(floor: number): boolean {
    const [shown, streamed] = [this.#shown, this.#streamed!];
    const early = this.#live ? [] : this.#early;
    this.#live = true;
    this.#waiters.release((waiter) => early.includes(waiter) || hasReached(streamed, waiter));
    const isOvertaken = shown?.epoch === streamed.epoch && floor <= streamed.rev &&
      streamed.rev < shown.rev;
    if (isOvertaken) return false;
    this.#shown = streamed;
    return shown !== streamed;
  }

  /** Returns whether the whole state of an answer is older than what is shown, or it takes the stream to tell. */
  #isOutdated({ epoch, rev }: Moment, shown: Moment, floor: number): boolean {
    if (epoch !== shown.epoch) return this.#live;
    return rev < shown.rev && (this.#live || rev >= floor);
  }
}

function snapshotOf({ epoch, rev, state }: SnapshotFrame): Snapshot {
  return { epoch, rev, state };
}

/** @throws {Error} if the frame does not lead on from the state */
function patched(before: Snapshot | undefined, frame: PatchFrame): Snapshot {
  const { rev, ops, base = rev - 1 } = own(frame);
  if (before?.rev !== base) throw new Error("A patch is missing");
  return { epoch: before.epoch, rev, state: applyEdits(before.state, ops) as State };
}
