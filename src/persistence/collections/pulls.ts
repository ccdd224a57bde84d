import { equal } from "../../shared/equal.ts";
import type { Key } from "../adapter/adapter.ts";
import type { DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import type { FollowedCollection } from "./followed-collection.ts";
import { identity } from "./identity.ts";
import { writeOwn } from "./own-writes.ts";
import { type Found, readDocument } from "./read-document.ts";
import { addressOf, call, learn, report, type Session } from "./session.ts";

/** A document that memory may have in an older state than storage. */
export interface Pull {
  readonly collection: FollowedCollection;
  readonly key: Key;
  /** Its place among the changes. */
  readonly since: number;
  /** What storage may hold because it was sent from here, as in {@link DirtyKey}. */
  readonly unsure: DirtyKey["unsure"];
}

/** Which documents are to be read again. */
export class Pulls {
  readonly #collections: readonly FollowedCollection[];
  readonly #dirty: DirtyKeys;

  constructor(collections: readonly FollowedCollection[], dirty: DirtyKeys) {
    this.#collections = collections;
    this.#dirty = dirty;
  }

  /** Asks for a document to be read. */
  add(collection: FollowedCollection, key: Key, sent?: DirtyKey["unsure"]): void {
    const id = identity(key);
    const since = this.#dirty.advance();
    // What was sent before that is among it.
    const unsure = sent ?? collection.pulls.get(id)?.unsure ?? [];
    collection.pulls.set(id, { collection, key, since, unsure });
  }

  /** The first of them, at most so many. What has been changed here as well is read once that is written. */
  first(count: number): Pull[] {
    const pulls: Pull[] = [];
    for (const { pulls: wanted, dirty } of this.#collections) {
      for (const [id, pull] of wanted) {
        if (!dirty.has(id) && pulls.push(pull) >= count) return pulls;
      }
    }
    return pulls;
  }

  /** Whether there are any that were asked for up to a revision, of documents that are not to be written. */
  has(revision: number): boolean {
    for (const { pulls, dirty } of this.#collections) {
      for (const [id, { since }] of pulls) if (since <= revision && !dirty.has(id)) return true;
    }
    return false;
  }

  /** Those that have been read; one that was asked for again, or changed here, in the meantime stays. */
  done(pulls: readonly Pull[]): void {
    for (const pull of pulls) {
      const { pulls: wanted, dirty } = pull.collection;
      const id = identity(pull.key);
      if (wanted.get(id) === pull && !dirty.has(id)) wanted.delete(id);
    }
  }
}

/** Reads documents and puts into memory what storage has, except where memory has been changed meanwhile. */
export async function pull(session: Session, pulls: readonly Pull[]): Promise<readonly []> {
  const found = await call(
    session,
    () => Promise.all(pulls.map((wanted) => readDocument(session, wanted))),
  );
  apply(session, found.filter((each) => isUsable(session, each) && isNews(session, each)));
  session.pulls.done(pulls);
  return [];
}

/** Whether something can be learned from what was found; what is wrong with it is told. */
function isUsable(session: Session, { collection, key, error }: Found): boolean {
  if (error === undefined) return true;
  collection.unreadable.add(identity(key));
  report(session, error, addressOf({ collection, key }));
  return false;
}

/** Whether memory is still followed, nobody is about to change the document here, and storage has another version. */
function isNews({ conditional, stopped }: Session, { collection, key, entry }: Found): boolean {
  const id = identity(key);
  if (stopped || collection.mustClear || collection.dirty.has(id)) return false;
  return !conditional || collection.versions.get(id) !== entry?.version;
}

function apply(session: Session, news: readonly Found[]): void {
  const isSame = ({ collection, key, document }: Found) => equal(collection.get(key), document);
  try {
    writeOwn(session.target, news.filter((each) => !isSame(each)));
    for (const { collection, key, entry } of news) learn(session, { collection, key }, entry);
  } catch (error) {
    if (news.length === 1) report(session, error, addressOf(news[0]!));
    else for (const each of news) apply(session, [each]);
  }
}
