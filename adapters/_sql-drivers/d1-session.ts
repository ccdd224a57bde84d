import { hasMethods } from "../../src/shared/kinds.ts";
import type { D1Binding } from "./d1-binding.ts";

/** A session of D1: what is read in it may come from a replica, and is never older than what was read before. */
export interface D1BindingSession extends D1Binding {
  /** Returns what a later session has to begin with, to see no less than this one. */
  getBookmark(): string | null;
}

/** A D1 binding that has sessions. */
interface D1BindingWithSessions extends D1Binding {
  withSession(constraintOrBookmark: string): D1BindingSession;
}

/** The sessions of one store: the one it was given, and after that what has to be as new as the primary. */
export class D1Session {
  readonly #database: D1BindingWithSessions;
  #current: D1BindingSession;
  /** That of the session before. */
  #bookmark: string | undefined;
  #hasAnswered = false;

  /**
   * Begins a session.
   *
   * @throws {TypeError} if the binding has none
   */
  constructor(database: D1Binding, constraintOrBookmark: string) {
    if (!hasSessions(database)) {
      throw new TypeError(
        "Cannot use D1: session is for a binding with withSession, and this one has none; pass env.DB " +
          "itself, or leave session out",
      );
    }
    this.#database = database;
    this.#current = database.withSession(constraintOrBookmark);
  }

  /** What statements run on. */
  get current(): D1Binding {
    return this.#current;
  }

  /** What a later session has to begin with, to see no less than this one; `undefined` before the first answer. */
  get bookmark(): string | undefined {
    return (this.#hasAnswered ? this.#current.getBookmark() : undefined) ?? this.#bookmark;
  }

  /** Whether any statement has ended well in this session. Otherwise its bookmark may be one that D1 does not know. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** Notes that a statement has ended well. */
  answered(): void {
    this.#hasAnswered = true;
  }

  /** Lets the next statement run on the primary, and all later ones see no less than that. */
  catchUp(): void {
    this.#bookmark = this.bookmark;
    this.#hasAnswered = false;
    this.#current = this.#database.withSession("first-primary");
  }
}

function hasSessions(database: D1Binding): database is D1BindingWithSessions {
  return hasMethods(database, "withSession");
}
