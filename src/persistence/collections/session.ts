import type { Clock } from "../../shared/clock.ts";
import { SerialQueue } from "../../shared/serial.ts";
import type { Adapter, Key, Version } from "../adapter/adapter.ts";
import type { DirtyKeys } from "./dirty-keys.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { guarded } from "./guarded.ts";
import { identity } from "./identity.ts";
import type { PersistErrorContext, PersistOptions, RetryOptions } from "./options.ts";
import type { Pace } from "./pace.ts";
import type { Pause } from "./pause.ts";
import type { Pulls } from "./pulls.ts";
import type { Target } from "./target.ts";
import { within } from "./within.ts";

/** What the parts of one `persist` call share. */
export interface Session {
  readonly adapter: Adapter;
  readonly pace: Pace;
  readonly target: Target;
  readonly collections: readonly FollowedCollection[];
  /** What storage lacks. */
  readonly dirty: DirtyKeys;
  /** What memory may lack. */
  readonly pulls: Pulls;
  /** Whether storage tells when somebody else has written in between. */
  readonly conditional: boolean;
  /** Whether it takes one document in a commit, and no commit depends on another. */
  readonly isOneByOne: boolean;
  readonly clock: Clock;
  /** The one between a failed call and the next. */
  readonly pause: Pause;
  readonly random: () => number;
  readonly retry: Required<RetryOptions>;
  readonly options: PersistOptions;
  /** Says that something has become dirty by itself. */
  readonly wake: () => void;
  /** When storage last acknowledged a commit, in milliseconds since 1970. */
  lastSaved: number | undefined;
  /** Aborts when it is closed: nobody waits for storage any more. */
  readonly end: AbortController;
  /** Whether it has been closed. */
  readonly stopped: boolean;
}

/** Whoever writes to an adapter shares its queue, so that one commit is under way at a time. */
export const commits: SerialQueue<Adapter> = new SerialQueue();

/** Calls the adapter when nobody else does, and gives up waiting after `retry.timeout` or when all ends. */
export function call<T>(
  session: Session,
  work: () => Promise<T>,
  onLate?: () => void,
): Promise<T> {
  return commits.run(session.adapter, () => answer(session, work, onLate));
}

/** What the adapter answers in time. */
export function answer<T>(
  { adapter: { name }, clock, retry: { timeout: milliseconds }, end: { signal: ended } }: Session,
  work: () => Promise<T>,
  onLate?: () => void,
): Promise<T> {
  // Others may have been waited for.
  if (ended.aborted) {
    return Promise.reject(new Error(`Cannot reach ${name}: persistence was closed`));
  }
  return within(work(), { clock, milliseconds, name, ended, onLate });
}

/** Tells the user of an error; nothing that goes wrong in doing so gets any further. */
export function report(
  { options, adapter }: Pick<Session, "options" | "adapter">,
  error: unknown,
  context: PersistErrorContext,
): void {
  const { onError } = options;
  if (onError === undefined) return console.error(`Persistence to ${adapter.name} failed:`, error);
  guarded(() => onError(error, context), (second) => {
    console.error("The onError of persist failed:", second, "while it was told of:", error);
  });
}

/** Calls one of the user's listeners; what it throws, or rejects with, is reported. */
export function notify<T>(
  session: Session,
  listener: ((argument: T) => void) | undefined,
  argument: T,
): void {
  guarded(() => listener?.(argument), (error) => report(session, error, {}));
}

/** Remembers which version storage has of a document, which can be read. */
export function learn(
  { conditional }: Session,
  { collection, key }: { readonly collection: FollowedCollection; readonly key: Key },
  entry: { readonly version: Version } | undefined,
): void {
  collection.unreadable.delete(identity(key));
  if (!conditional) return;
  if (entry === undefined) collection.versions.delete(identity(key));
  else collection.versions.set(identity(key), entry.version);
}

/** How `onError` names a document. */
export function addressOf(
  { collection, key }: { readonly collection: FollowedCollection; readonly key: Key },
): { collection: string; key: Key } {
  return { collection: collection.name, key };
}
