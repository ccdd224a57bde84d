import { equal } from "../../shared/equal.ts";
import { encodeKey } from "../adapter/keys.ts";
import type { Backlog } from "./backlog.ts";
import type { Conflicts } from "./conflicts.ts";
import { type FollowedDocument, referenceTo } from "./followed-collection.ts";
import {
  decodeLine,
  type NotedWrite,
  type OtherNote,
  statesBefore,
  type StoredVersion,
} from "./journal-line.ts";
import type { Journal } from "./journal.ts";
import type { State } from "./made-states.ts";
import type { Memory } from "./memory.ts";
import type { StoredDocument } from "./options.ts";
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

/** What one page has made of a document, in today's schema version. */
interface Made {
  readonly write: NotedWrite;
  readonly mine: StoredDocument | undefined;
  /** The states that it was made from. */
  readonly before: readonly (StoredDocument | undefined)[];
}

/** A document in the course of the replay. */
interface Replayed extends FollowedDocument {
  document: StoredDocument | undefined;
  /** Its version; `undefined` if it was merged here. */
  version: StoredVersion | undefined;
  /** All that is in it. */
  readonly states: State[];
  /** The lines that it is made of. */
  readonly noted: Noted[];
}

/** Takes up what other pages have noted in the journal and not stored, whether they are gone or not. */
export class Replay {
  readonly #journal: Journal;
  readonly #parts: ReplayParts;
  constructor(journal: Journal, parts: ReplayParts) {
    this.#journal = journal;
    this.#parts = parts;
  }

  /** Puts what was noted into memory, to be written. The notes stay until that is done. */
  async run(): Promise<void> {
    const byDocument = new Map<string, Map<string, Noted[]>>();
    for (const noted of this.#journal.others().flatMap((note) => this.#read(note))) {
      const byPage = byDocument.get(noted.id) ?? new Map<string, Noted[]>();
      byDocument.set(noted.id, byPage.set(noted.page, [...byPage.get(noted.page) ?? [], noted]));
    }
    const replayed: Replayed[] = [];
    for (const byPage of byDocument.values()) {
      replayed.push(await this.#replay([...byPage.values()]));
    }
    this.#apply(replayed);
  }

  /** Returns the lines of a note that are about collections of this store. */
  #read(note: OtherNote): Noted[] {
    const { memory: { collections }, reporter } = this.#parts;
    try {
      this.#journal.assertCurrent(note);
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

  /** Returns what becomes of a document of which several pages may each have noted several states. */
  async #replay(pages: readonly (readonly Noted[])[]): Promise<Replayed> {
    const { collection, key } = pages[0]![0]!;
    const version = collection.known.versionOf(key) ?? null;
    const document = collection.get(key);
    const states = [{ version }];
    const replayed: Replayed = { collection, key, document, version, states, noted: [] };
    const left: Made[] = [];
    for (const noted of pages) {
      await this.#guarded(replayed, async () => {
        // Of what one page has noted, the newest counts.
        left.push(await madeOf(noted.at(-1)!));
        replayed.noted.push(...noted);
      });
    }
    while (left.length > 0) {
      // What is in it says what else is in it, and what follows needs no merge.
      const next = left.find((made) => isIn(made, replayed)) ??
        left.find((made) => follows(made, replayed)) ?? left[0]!;
      left.splice(left.indexOf(next), 1);
      await this.#guarded(replayed, () => this.#add(next, replayed));
    }
    return replayed;
  }

  async #add(made: Made, replayed: Replayed): Promise<void> {
    const { write, mine, before } = made;
    const { collection, key, document: theirs, states } = replayed;
    const isFollowing = follows(made, replayed);
    const isThere = isIn(made, replayed);
    // No version stands for a deletion, which is in it if it does not follow.
    if (isFollowing ? !isThere : !hasVersion(replayed, write.token)) {
      const [base, ...sent] = before;
      const conflict = { ...referenceTo(replayed), mine, theirs, base };
      const resolved = isFollowing ? mine : await this.#parts.conflicts.resolve(conflict, sent);
      if (resolved !== undefined) assertOwnKey(resolved, key, collection);
      replayed.document = resolved;
      replayed.version = isFollowing ? write.token : undefined;
    }
    if (isFollowing || isThere) states.push(...(write.base ?? []).map((version) => ({ version })));
    states.push(...before.map((document) => ({ document })));
    states.push({ version: write.token, document: mine });
  }

  /** Reports what goes wrong. It stays in the journal: a later version of the program may be able to use it. */
  async #guarded(document: FollowedDocument, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.reporter.report(error, referenceTo(document));
    }
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
      const { collection, key, version, states, noted } = each;
      let dirty = backlog.dirty.get(collection, key);
      if (before.has(each)) {
        // An observer may have changed it in response.
        dirty ??= backlog.add(collection, key, undefined);
        dirty.base = before.get(each);
        this.#journal.continue(dirty, states, { version, document: collection.get(key) });
      }
      for (const { name, line } of noted) this.#journal.adopt(name, line, dirty);
    }
  }
}

/** Returns whether a document that a page has written is part of what is there. */
function isIn({ write: { token } }: Made, replayed: Replayed): boolean {
  return token !== null && hasVersion(replayed, token);
}

/** Returns whether what a page has made was made from what is there, or there is nothing to compare it with. */
function follows({ write: { base } }: Made, replayed: Replayed): boolean {
  const { collection: { known }, key, document, version } = replayed;
  if (base === null || base.includes(version!)) return true;
  return document === undefined && (version !== null || known.isUnreadable(key));
}

function hasVersion({ states }: Replayed, version: StoredVersion): boolean {
  return states.some((state) => state.version === version);
}

async function madeOf({ collection, key, write }: Noted): Promise<Made> {
  const metadata = { version: write.schemaVersion };
  async function today(value: StoredDocument | null | undefined) {
    return value ? await documentOf({ key, value, version: "", metadata }, collection) : undefined;
  }
  const before = await Promise.all(statesBefore(write).map(today));
  return { write, mine: await today(write.mine), before };
}
