import type { JournalCodec, Version } from "../adapter/adapter.ts";
import type { DirtyKey, DirtyListener, Sent } from "./dirty-keys.ts";
import {
  changeFrom,
  damaged,
  encodeLine,
  type OtherNote,
  readNote,
  type StoredVersion,
} from "./journal-line.ts";
import type { JournalStorage } from "./journal-storage.ts";
import { MadeStates, type State } from "./made-states.ts";
import type { StoredDocument } from "./options.ts";

/** One name in the journal: a transaction, with a line for each document. */
interface Note {
  readonly name: string;
  readonly transaction: unknown;
  /** The lines of documents that are to be written. */
  lines: Map<DirtyKey, string>;
  /** The lines of those that are not any more. */
  readonly gone: Set<string>;
  /** For how many documents no later name holds a newer state; what another page noted is never superseded. */
  newest: number;
  size: number;
}

/** How many documents of a transaction are noted at most. */
const mostDocuments = 100;
/** How many characters of a document are noted at most. */
const longestLine = 64_000;
/** How many characters one page notes at most. */
const mostNoted = 1_000_000;

/** What marks the time since a journal was forgotten, by its place and by what its names begin with. */
const eras: WeakMap<JournalStorage, Map<string, object>> = new WeakMap();

/**
 * Notes each edit of a page in its localStorage, in the same call, until storage has acknowledged it: a page that goes
 * away waits for no answer. One name holds one transaction. A name is removed when each of its documents has been noted
 * again or acknowledged, and loses those that are while others stay.
 */
export class Journal implements DirtyListener {
  /** Returns which creation of the storage the notes belong to, once that is known. */
  readonly #epoch: () => string | undefined;
  /** Its name, and values as text. */
  readonly codec: JournalCodec;
  readonly #storage: JournalStorage;
  /** What the names of this page begin with. */
  readonly #own: string;
  readonly #all: string;
  /** What storage may have that was made here. */
  readonly #states: MadeStates = new MadeStates();
  /** The names that hold a state of a document, the newest last. */
  readonly #notes: Map<DirtyKey, Note[]> = new Map();
  /** The documents whose newest state is noted. */
  readonly #noted: Set<DirtyKey> = new Set();
  readonly #adopted: Map<string, Note> = new Map();
  /** The names that hold something that is not to be written any more. */
  readonly #outdated: Set<Note> = new Set();
  #last: Note | undefined;
  #count = 0;
  #size = 0;
  readonly #eras: Map<string, object>;
  readonly #era: object | undefined;

  constructor(codec: JournalCodec, storage: JournalStorage, epoch: () => string | undefined) {
    this.#epoch = epoch;
    this.codec = codec;
    this.#storage = storage;
    // The name ends at the next slash, or "shop" would take what "shop/eu" has noted for its own.
    const name = codec.name.replaceAll("%", "%25").replaceAll("/", "%2F");
    this.#all = `rian-journal/${name}/`;
    this.#own = `${this.#all}${this.#states.createVersion().replaceAll("/", "_")}.`;
    this.#eras = eras.get(storage) ?? new Map();
    eras.set(storage, this.#eras);
    this.#era = this.#eras.get(this.#all);
  }

  /** How many documents have a newest state that is noted. */
  get size(): number {
    return this.#isForgotten ? 0 : this.#noted.size;
  }

  /**
   * Notes the states that documents have now; calls with the same `transaction` share a name. Returns false if there is
   * no room for them.
   */
  note(changed: readonly DirtyKey[], transaction: unknown = changed): boolean {
    if (this.#isForgotten || changed.length === 0) return true;
    for (const dirty of changed) this.#noted.delete(dirty);
    if (changed.length > mostDocuments) return false;
    const note = this.#last?.transaction === transaction
      ? this.#last!
      : newNote(this.#own + this.#count++, { transaction });
    try {
      const lines = new Map(note.lines);
      for (const dirty of changed) lines.set(dirty, this.#lineOf(dirty));
      if (lines.size > mostDocuments || !this.#write(note, lines)) return false;
    } catch {
      // There is no room, or storage will refuse what cannot be stored, and say why.
      return false;
    }
    this.#last = note;
    for (const dirty of changed) {
      this.#noted.add(dirty);
      const notes = this.#notesOf(dirty);
      const earlier = notes.at(-1);
      if (earlier === note) continue;
      notes.push(note);
      note.newest++;
      if (earlier !== undefined && --earlier.newest === 0) this.#remove(earlier);
    }
    return true;
  }

  /** Notes all that is noted once more, as it is known now from which versions it was made. */
  noteAgain(): void {
    const all = [...this.#notes].flatMap(([dirty, notes]) => notes.length > 0 ? [dirty] : []);
    for (let start = 0; start < all.length; start += mostDocuments) {
      this.note(all.slice(start, start + mostDocuments));
    }
  }

  /** Returns the version that storage is to give to what is sent. */
  versionFor({ dirty, change, document, isEarlier }: Sent): { readonly version: Version } {
    if (!isEarlier) return { version: this.#states.versionOf(dirty, { change, document })! };
    const version = this.#states.createVersion();
    this.#states.add(dirty, -change, { version, document });
    // What is noted has to know this version before storage does.
    this.note([dirty]);
    return { version };
  }

  /** Returns whether a version is of something that was changed here. */
  isOwn(dirty: DirtyKey, version: StoredVersion): boolean {
    return this.#states.of(dirty).some((state) => state.version === version);
  }

  /** Returns what storage may have of a document that was made here. */
  documentsOf(dirty: DirtyKey): (StoredDocument | undefined)[] {
    return this.#states.of(dirty).map(({ document }) => document);
  }

  /** Notes a document anew after a conflict was settled: as it was here, or as it was merged. */
  settled(dirty: DirtyKey, isMerged: boolean): void {
    if (isMerged) this.#states.makeEarlier(dirty);
    this.note([dirty]);
  }

  /** Forgets the states that storage has had. */
  acknowledged(dirty: DirtyKey, upTo: number): void {
    this.#states.forget(dirty, upTo);
  }

  /** Has a document taken out of the notes by the next {@link tidy}. */
  removed(dirty: DirtyKey): void {
    const notes = this.#notesOf(dirty);
    this.#states.remove(dirty);
    this.#notes.delete(dirty);
    this.#noted.delete(dirty);
    const newest = notes.at(-1);
    if (newest !== undefined) newest.newest--;
    for (const note of notes) {
      note.gone.add(note.lines.get(dirty)!);
      note.lines.delete(dirty);
      this.#outdated.add(note);
    }
  }

  /** Takes what was acknowledged out of the names that hold it. */
  tidy(): void {
    // An earlier state must be gone before the later one that was acknowledged.
    const done = [...this.#outdated].filter((note) => !this.#shorten(note));
    this.#outdated.clear();
    for (const note of done) this.#remove(note);
  }

  /** Returns what other pages have noted, what one page has noted in the order in which it did. */
  others(): OtherNote[] {
    const names = this.#names().filter((name) => !name.startsWith(this.#own));
    const numberOf = (name: string) => Number(name.slice(name.lastIndexOf(".") + 1));
    return names.sort((a, b) => numberOf(a) - numberOf(b)).flatMap((name) => {
      const page = name.slice(0, name.lastIndexOf("."));
      const text = tried(() => this.#storage.getItem(name), null);
      return text === null ? [] : [{ name, page, ...readNote(text) }];
    });
  }

  /** Keeps a line of another page until a document is acknowledged, or takes it out if there is nothing to write. */
  adopt(name: string, line: string, dirty: DirtyKey | undefined): void {
    const note = this.#adopted.get(name) ?? newNote(name, { newest: Infinity });
    this.#adopted.set(name, note);
    if (dirty === undefined) {
      note.gone.add(line);
      this.#outdated.add(note);
    } else {
      note.lines.set(dirty, line);
      this.#notesOf(dirty).unshift(note);
    }
  }

  /**
   * Refuses what is damaged, or was noted for another storage: somebody else may use the machine now.
   *
   * @throws {Error} if it is.
   */
  assertCurrent({ head, lines }: OtherNote): void {
    if (lines.length === 0) throw damaged();
    const epoch: unknown = JSON.parse(head);
    const current = this.#epoch();
    if (epoch === null || current === undefined || epoch === current) return;
    throw new Error(
      "Cannot save what an earlier page has noted: the storage has been cleared since; it is dropped",
    );
  }

  /** Removes a name. */
  drop(name: string): void {
    tried(() => this.#storage.removeItem(name), undefined);
  }

  /** Takes up what others have made of a document; the last is what it is now, if it has a version. */
  continue(dirty: DirtyKey, before: readonly State[], last: State): void {
    for (const [index, state] of before.entries()) this.#states.add(dirty, -1 - index, state);
    if (last.version !== undefined) this.#states.add(dirty, dirty.change, last);
  }

  /** Removes all names, also those of other pages, and has nothing noted in this page from here on. */
  forget(): void {
    this.#eras.set(this.#all, {});
    for (const name of this.#names()) this.drop(name);
  }

  /** Whether this journal was forgotten, here or by another `persist` call of the page. */
  get #isForgotten(): boolean {
    return this.#eras.get(this.#all) !== this.#era;
  }

  #names(): string[] {
    const all = this.#all;
    return tried(() => {
      const { length } = this.#storage;
      const names = Array.from({ length }, (_, index) => this.#storage.key(index) ?? "");
      return names.filter((name) => name.startsWith(all) && !name.includes("/", all.length));
    }, []);
  }

  /** Takes out of a name what is gone; returns false if nothing is left. */
  #shorten({ name, newest, gone }: Note): boolean {
    return tried(() => {
      const text = newest > 0 ? this.#storage.getItem(name) : null;
      if (text === null) return false;
      const { head, lines } = readNote(text);
      const left = lines.filter((line) => !gone.has(line));
      if (left.length > 0) this.#storage.setItem(name, [head, ...left].join("\n"));
      return left.length > 0;
    }, true);
  }

  #write(note: Note, lines: Note["lines"]): boolean {
    const texts = [...lines.values()];
    const text = [JSON.stringify(this.#epoch() ?? null), ...texts].join("\n");
    const size = this.#size - note.size + text.length;
    if (size > mostNoted || texts.some(({ length }) => length > longestLine)) return false;
    this.#storage.setItem(note.name, text);
    note.lines = lines;
    // What another page has written does not count.
    if (note.newest === Infinity) return true;
    this.#size = size;
    note.size = text.length;
    return true;
  }

  #remove(note: Note): void {
    this.drop(note.name);
    this.#size -= note.size;
    for (const dirty of note.lines.keys()) {
      const notes = this.#notesOf(dirty);
      notes.splice(notes.indexOf(note), 1);
    }
  }

  /** Returns a line for what a document is now, and counts that among the versions that storage may have. */
  #lineOf(dirty: DirtyKey): string {
    const { collection, key, change } = dirty;
    const { name: type, schemaVersion, known } = collection;
    const document = collection.get(key);
    const token = this.#states.versionOf(dirty, { change, document });
    const states = this.#states.of(dirty).slice(0, -1);
    const versions = states.map(({ version }) => version).filter((each) => each !== undefined);
    if (collection.mustClear) versions.push(null);
    // Until all is read, nobody knows from which version a change was made.
    const base = collection.isRead ? [known.versionOf(key) ?? null, ...versions] : null;
    const documents = states.map((state) => state.document).filter((state) => state !== undefined);
    const changes = changeFrom([dirty.base, ...documents], document ?? null);
    return encodeLine({ type, key, schemaVersion, base, token, ...changes }, this.codec);
  }

  #notesOf(dirty: DirtyKey): Note[] {
    let notes = this.#notes.get(dirty);
    if (notes === undefined) this.#notes.set(dirty, notes = []);
    return notes;
  }
}

/** Returns what storage returns; something else if the browser blocks it by now, which must not stop anybody's edits. */
function tried<T>(call: () => T, otherwise: T): T {
  try {
    return call();
  } catch {
    return otherwise;
  }
}

function newNote(
  name: string,
  { transaction, newest = 0 }: { readonly transaction?: unknown; readonly newest?: number },
): Note {
  return { name, transaction, lines: new Map(), gone: new Set(), newest, size: 0 };
}
