import type { Address } from "../processor/address.ts";
import type { Revision } from "../processor/epoch.ts";
import type { Have } from "../processor/have.ts";
import type { ProcessContext, Source } from "../processor/mod.ts";
import type { Failed, Outcome } from "../processor/outcome.ts";
import type { ParsedMessage } from "../processor/parse-message.ts";
import type { ObjectAnswer } from "./objects/object-answer.ts";
import type { Passing, Visible } from "./passing.ts";
import type { SeenInstance } from "./seen-instance.ts";
import type { Sight } from "./sight.ts";
import type { SeeOptions } from "./told-instance.ts";

/** Where instances are: what runs their events, lets streams follow them, and reads them. */
export interface InstanceHome {
  /** The identity of the storage. */
  readonly source: Source;
  /** Runs one message of a page. */
  runParsed(message: ParsedMessage, outside: ProcessContext): Promise<Outcome | ObjectAnswer>;
  /** Listens to the news of an instance from here on. */
  follow(address: Address, options: FollowOptions): Followed;
  /** Mounts an instance, and returns what somebody may see of it. */
  read(address: Address, outside: ProcessContext): Promise<ReadOutcome>;
}

/** What became of reading an instance: what is seen of it, if anything is, or why it could not be read. */
export type ReadOutcome =
  | { readonly ok: true; readonly seen: SeenInstance | undefined }
  | Failed;

/** For whom an instance is followed. */
export interface FollowOptions {
  /** The token of the page's stream. */
  readonly token: string;
  /** The protocol that the page speaks. */
  readonly protocol: 1 | 2;
  /** When the stream has ended at the latest, in milliseconds since 1970. */
  readonly until: number;
  /** Whether it is looked at once, by a page that is no stream: nobody looks on by that. */
  readonly isPoll?: boolean | undefined;
  /** Returns who looks. */
  readonly user: () => unknown;
  /** Returns the key of who looks. */
  readonly userKey: () => string;
  /** Called when there may be something new to see. */
  readonly onNews: (followed: Followed) => void;
  /** Called with what may be missed. */
  readonly onPassing: (followed: Followed, passing: Passing) => void;
}

/** How an instance is opened. */
export interface OpenOptions {
  readonly context: ProcessContext;
  /** What the page says that it has. */
  readonly have?: Have | undefined;
}

/** What an instance was when its stream opened. */
export type Opened = { readonly ok: true; readonly sight: Sight } | Failed;

/** An instance that a stream follows. */
export interface Followed extends Address, Visible {
  /** Mounts the instance, and returns what is seen of it first: what differs from what the page has, or the whole. */
  mount(options: OpenOptions): Promise<Opened>;
  /** Goes on from the first sight, which comes before all news. */
  start(): void;
  /** Returns what is new, if anything is. */
  see(): Sight | undefined | Promise<Sight | undefined>;
  /** Finds what no news has told of. */
  look(options?: SeeOptions): Promise<Sight | undefined>;
  /** Hears that who looks has changed, and may see other things. */
  become(): void;
  /**
   * Returns whether the page is going to be told of a revision that its own event has made, or was told already. If so,
   * it is told even if it sees no difference by then.
   */
  promise(made: Revision): boolean;
  /** Stops following. Whatever is still brought makes no difference. */
  leave(): void;
}
