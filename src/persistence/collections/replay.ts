import { equal } from "../../shared/equal.ts";
import { encodeKey } from "../adapter/keys.ts";
import type { Backlog } from "./backlog.ts";
import type { Conflicts } from "./conflicts.ts";
import { type FollowedDocument, referenceTo } from "./followed-collection.ts";
import {
  decodeLine,
  documentBefore,
  type NotedWrite,
  type OtherNote,
  type StoredVersion,
} from "./journal-line.ts";
import type { Journal } from "./journal.ts";
import type { Memory } from "./memory.ts";
import type { Conflict, StoredDocument } from "./options.ts";
import { assertOwnKey } from "./read-document.ts";
import type { Reporter } from "./reporter.ts";
import { documentOf } from "./schema-version.ts";

/** The parts that {@link Replay} needs. */
export interface ReplayParts {
  readonly memory: Memory;
  readonly backlog: Backlog;
  readonly conflicts: Conflicts;
  readonly reporter: Reporter;
}

/** A line of the journal, and the write in it. */
interface Noted extends FollowedDocument {
  /** Stands for the document. */
  readonly id: string;
  readonly page: string;
  readonly name: string;
  readonly line: string;
  readonly write: NotedWrite;
}

/** A document in the course of the replay. */
interface Replayed extends FollowedDocument {
  document: StoredDocument | undefined;
  /** Its version; `undefined` if it was merged here. */
  version: StoredVersion | undefined;
  /** The versions of all that is in it. */
  versions: readonly StoredVersion[];
  /** The lines that it is made of. */
  readonly noted: Noted[];
}

/** Takes up what other pages have noted in the journal and not stored, whether they are gone or not. */
export class Replay {
  readonly #journal: Journal;
  readonly #parts: ReplayParts;
  readonly #replayed: Map<string, Replayed> = new Map();

  constructor(journal: Journal, parts: ReplayParts) {
    this.#journal = journal;
    this.#parts = parts;
  }

  /** Puts what was noted into memory, to be written. The notes stay until that is done. */
  async run(): Promise<void> {
    // By page and document: of what one page has noted of a document, the newest counts.
    const byPage = new Map<string, Noted[]>();
    for (const noted of this.#journal.others().flatMap((note) => this.#read(note))) {
      const place = noted.page + noted.id;
      byPage.set(place, [...byPage.get(place) ?? [], noted]);
    }
    for (const noted of byPage.values()) await this.#take(noted);
    this.#apply([...this.#replayed.values()]);
  }

  /** Returns the lines of a note that are about collections of this store. */
  #read(note: OtherNote): Noted[] {
    const { memory: { collections }, reporter } = this.#parts;
    try {
      this.#journal.assertEpoch(note);
      return note.lines.flatMap((line) => {
        const write = decodeLine(line, this.#journal.codec);
        const { type, key } = write;
        const collection = collections.find(({ name }) => name === type);
        // Another call of persist takes it up, or an earlier version of the program had that collection.
        if (collection === undefined) return [];
        const id = JSON.stringify([type, encodeKey(key)]);
        return [{ ...note, line, write, collection, key, id }];
      });
    } catch (error) {
      reporter.report(error);
      this.#journal.drop(note.name);
      return [];
    }
  }

  /** Adds what one page has noted of a document. */
  async #take(noted: readonly Noted[]): Promise<void> {
    const { collection, key, write } = noted.at(-1)!;
    try {
      const mine = await today(write.mine ?? undefined, noted.at(-1)!);
      const base = await today(documentBefore(write), noted.at(-1)!);
      const replayed = this.#replayedOf(noted.at(-1)!);
      await this.#settle(replayed, write, { mine, base });
      replayed.noted.push(...noted);
    } catch (error) {
      // It stays in the journal: a later version of the program may be able to use it.
      this.#parts.reporter.report(error, referenceTo({ collection, key }));
    }
  }

  async #settle(
    replayed: Replayed,
    { base: versionsBefore, token }: NotedWrite,
    { mine, base }: Pick<Conflict, "mine" | "base">,
  ): Promise<void> {
    const { collection, key, document: theirs, version, versions } = replayed;
    const isIn = versions.includes(token);
    if (isIn && token !== null) return;
    const isUnusable = theirs === undefined &&
      (version !== null || collection.known.isUnreadable(key));
    const follows = versionsBefore === null || versionsBefore.includes(version!) || isUnusable;
    // No version stands for a deletion, so it may be in there and something else may have come after it.
    if (isIn && !follows) return;
    const resolved = follows
      ? mine
      : await this.#parts.conflicts.resolve({ ...referenceTo(replayed), mine, theirs, base });
    if (resolved !== undefined) assertOwnKey(resolved, key, collection);
    replayed.document = resolved;
    replayed.version = follows ? token : undefined;
    replayed.versions = [...versions, ...follows && versionsBefore || [], token];
  }

  #replayedOf({ collection, key, id }: Noted): Replayed {
    let replayed = this.#replayed.get(id);
    if (replayed === undefined) {
      const version = collection.known.versionOf(key) ?? null;
      const document = collection.get(key);
      replayed = { collection, key, document, version, versions: [version], noted: [] };
      this.#replayed.set(id, replayed);
    }
    return replayed;
  }

  /** Writes to memory what it does not have, save where it was changed here meanwhile: that is newer. */
  #apply(replayed: readonly Replayed[]): void {
    const { memory, backlog, reporter } = this.#parts;
    const isNews = ({ collection, key, document }: Replayed) =>
      !collection.mustClear && backlog.dirty.get(collection, key) === undefined &&
      !equal(collection.get(key), document);
    const news = replayed.filter(isNews);
    const before = new Map(news.map((each) => [each, each.collection.get(each.key)]));
    try {
      memory.write(news);
    } catch (error) {
      if (replayed.length > 1) return replayed.forEach((each) => this.#apply([each]));
      return reporter.report(error, referenceTo(replayed[0]!));
    }
    for (const each of replayed) {
      const { collection, key, version, versions, noted } = each;
      let dirty = backlog.dirty.get(collection, key);
      if (before.has(each)) {
        // An observer may have changed it in response.
        dirty ??= backlog.add(collection, key, undefined);
        dirty.base = before.get(each);
        this.#journal.continue(dirty, versions, version);
      }
      for (const { name, line } of noted) this.#journal.adopt(name, line, dirty);
    }
  }
}

function today(
  document: StoredDocument | undefined,
  { collection, key, write: { schemaVersion } }: Noted,
): StoredDocument | undefined | Promise<StoredDocument> {
  if (document === undefined) return undefined;
  const metadata = { version: schemaVersion };
  return documentOf({ key, value: document, version: "", metadata }, collection);
}
