import type { JournalCodec, Version } from "../adapter/adapter.ts";
import { createVersions } from "../adapter/versions.ts";
import type { DirtyKey, DirtyListener, Sent } from "./dirty-keys.ts";
import {
  encodeLine,
  fieldsBefore,
  type OtherNote,
  readNote,
  type StoredVersion,
} from "./journal-line.ts";
import type { JournalStorage } from "./journal-storage.ts";

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

/** What the journal knows of a document that is to be written. */
interface Trace {
  /** The names that hold a state of it, the newest last. */
  notes: Note[];
  /** The versions that storage may have given to what was changed here, by the number of the change. */
  readonly versions: Map<number, StoredVersion>;
}

/** The most documents of a transaction, characters of a document, and characters of all that one page notes. */
const most = { documents: 100, line: 64_000, all: 1_000_000 };
/** How many versions of a document are remembered. */
const mostVersions = 50;

/**
 * Notes each edit of a page in its localStorage, in the same call, until storage has acknowledged it: a page that goes
 * away waits for no answer. One name holds one transaction. A name is removed when each of its documents has been noted
 * again or acknowledged, and loses those that are while others stay.
 */
export class Journal implements DirtyListener {
  /** Returns which creation of the storage the notes belong to, once that is known. */
  readonly #epoch: () => string | undefined;
  readonly codec: JournalCodec;
  readonly #storage: JournalStorage;
  readonly #createVersion: () => Version = createVersions();
  /** What the names of this page begin with. */
  readonly #own: string;
  readonly #all: string;
  readonly #traces: Map<DirtyKey, Trace> = new Map();
  /** The documents whose newest state is noted. */
  readonly #noted: Set<DirtyKey> = new Set();
  readonly #adopted: Map<string, Note> = new Map();
  /** The names that hold something that is not to be written any more. */
  readonly #outdated: Set<Note> = new Set();
  #last: Note | undefined;
  #count = 0;
  #size = 0;
  #isForgotten = false;

  constructor(codec: JournalCodec, storage: JournalStorage, epoch: () => string | undefined) {
    this.#epoch = epoch;
    this.codec = codec;
    this.#storage = storage;
    this.#all = `rian-journal/${codec.name}/`;
    this.#own = `${this.#all}${this.#createVersion()}.`;
  }

  /** How many documents have a newest state that is noted. */
  get size(): number {
    return this.#noted.size;
  }

  /**
   * Notes the states that documents have now; calls with the same `transaction` share a name. Returns false if there is
   * no room for them.
   */
  note(changed: readonly DirtyKey[], transaction: unknown = changed): boolean {
    if (this.#isForgotten || changed.length === 0) return true;
    for (const dirty of changed) this.#noted.delete(dirty);
    if (changed.length > most.documents) return false;
    const note = this.#last?.transaction === transaction
      ? this.#last!
      : newNote(this.#own + this.#count++, { transaction });
    try {
      const lines = new Map(note.lines);
      for (const dirty of changed) lines.set(dirty, this.#lineOf(dirty));
      if (lines.size > most.documents || !this.#write(note, lines)) return false;
    } catch {
      // There is no room, or storage will refuse what cannot be stored, and say why.
      return false;
    }
    this.#last = note;
    for (const dirty of changed) {
      this.#noted.add(dirty);
      const { notes } = this.#traceOf(dirty);
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
    const all = [...this.#traces].flatMap(([dirty, { notes }]) => notes.length > 0 ? [dirty] : []);
    for (let start = 0; start < all.length; start += most.documents) {
      this.note(all.slice(start, start + most.documents));
    }
  }

  /** Returns the version that storage is to give to what is sent. */
  versionFor({ dirty, change, isEarlier }: Sent): { readonly version: Version } {
    if (!isEarlier) return { version: this.#versionOf(dirty, change) };
    const version = this.#createVersion();
    remember(this.#traceOf(dirty).versions, -change, version);
    // What is noted has to know this version before storage does.
    this.note([dirty]);
    return { version };
  }

  /** Returns whether a version is of something that was changed here. */
  isOwn(dirty: DirtyKey, version: StoredVersion): boolean {
    return [...this.#traces.get(dirty)?.versions.values() ?? []].includes(version);
  }

  /** Notes a document anew after somebody else's state of it was settled with. */
  settled(dirty: DirtyKey): void {
    this.#traceOf(dirty).versions.clear();
    this.note([dirty]);
  }

  acknowledged(dirty: DirtyKey, upTo: number): void {
    const versions = this.#traces.get(dirty)?.versions ?? new Map();
    for (const change of versions.keys()) if (change <= upTo) versions.delete(change);
  }

  removed(dirty: DirtyKey): void {
    const trace = this.#traces.get(dirty);
    if (trace === undefined) return;
    this.#traces.delete(dirty);
    this.#noted.delete(dirty);
    const { notes } = trace;
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
    return names.sort((a, b) => numberOf(a) - numberOf(b)).map((name) => {
      const page = name.slice(0, name.lastIndexOf("."));
      return { name, page, ...readNote(this.#storage.getItem(name) ?? "") };
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
      this.#traceOf(dirty).notes.unshift(note);
    }
  }

  /**
   * Refuses what was noted for another storage: somebody else may use the machine now.
   *
   * @throws {Error} if it was.
   */
  assertEpoch({ head }: OtherNote): void {
    const epoch: unknown = JSON.parse(head);
    const current = this.#epoch();
    if (epoch === null || current === undefined || epoch === current) return;
    throw new Error(
      "Cannot save what an earlier page has noted: the storage has been cleared since; it is dropped",
    );
  }

  /** Removes the name of another page. */
  drop(name: string): void {
    this.#storage.removeItem(name);
  }

  /** Has a document of another page written in the version that it noted, if it is as it noted it. */
  continue(dirty: DirtyKey, versions: readonly StoredVersion[], version?: StoredVersion): void {
    const own = this.#traceOf(dirty).versions;
    for (const [index, each] of versions.entries()) remember(own, -1 - index, each);
    if (version !== undefined) remember(own, dirty.change, version);
  }

  /** Removes all names, also those of other pages, and notes nothing from here on. */
  forget(): void {
    this.#isForgotten = true;
    this.#noted.clear();
    this.#traces.clear();
    this.#outdated.clear();
    for (const name of this.#names()) this.#storage.removeItem(name);
  }

  #names(): string[] {
    const { length } = this.#storage;
    const names = Array.from({ length }, (_, index) => this.#storage.key(index) ?? "");
    return names.filter((name) => name.startsWith(this.#all));
  }

  /** Takes out of a name what is gone; returns false if nothing is left. */
  #shorten({ name, newest, gone }: Note): boolean {
    const text = newest > 0 ? this.#storage.getItem(name) : null;
    if (text === null) return false;
    const { head, lines } = readNote(text);
    const left = lines.filter((line) => !gone.has(line));
    if (left.length > 0) this.#storage.setItem(name, [head, ...left].join("\n"));
    return left.length > 0;
  }

  #write(note: Note, lines: Note["lines"]): boolean {
    const texts = [...lines.values()];
    const text = [JSON.stringify(this.#epoch() ?? null), ...texts].join("\n");
    const size = this.#size - note.size + text.length;
    if (size > most.all || texts.some(({ length }) => length > most.line)) return false;
    this.#storage.setItem(note.name, text);
    note.lines = lines;
    // What another page has written does not count.
    if (note.newest === Infinity) return true;
    this.#size = size;
    note.size = text.length;
    return true;
  }

  #remove(note: Note): void {
    this.#storage.removeItem(note.name);
    this.#size -= note.size;
    for (const dirty of note.lines.keys()) {
      const { notes } = this.#traceOf(dirty);
      notes.splice(notes.indexOf(note), 1);
    }
  }

  /** Returns a line for what a document is now, and counts that among the versions that storage may have. */
  #lineOf(dirty: DirtyKey): string {
    const { collection, key, change } = dirty;
    const { name: type, schemaVersion, known } = collection;
    const { versions } = this.#traceOf(dirty);
    // Until all is read, nobody knows from which version a change was made.
    const base = collection.isRead ? [known.versionOf(key) ?? null, ...versions.values()] : null;
    if (collection.mustClear) base?.push(null);
    const mine = collection.get(key) ?? null;
    if (mine === null) remember(versions, change, null);
    const token = mine && this.#versionOf(dirty, change);
    const was = fieldsBefore(dirty.base, mine);
    return encodeLine({ type, key, schemaVersion, base, was, mine, token }, this.codec);
  }

  /** Returns the version of what a change has led to. */
  #versionOf(dirty: DirtyKey, change: number): Version {
    const { versions } = this.#traceOf(dirty);
    const version = versions.get(change) ?? this.#createVersion();
    remember(versions, change, version);
    return version;
  }

  #traceOf(dirty: DirtyKey): Trace {
    let trace = this.#traces.get(dirty);
    if (trace === undefined) this.#traces.set(dirty, trace = { notes: [], versions: new Map() });
    return trace;
  }
}

function newNote(
  name: string,
  { transaction, newest = 0 }: { readonly transaction?: unknown; readonly newest?: number },
): Note {
  return { name, transaction, lines: new Map(), gone: new Set(), newest, size: 0 };
}

function remember(versions: Trace["versions"], change: number, version: StoredVersion): void {
  versions.set(change, version);
  if (versions.size > mostVersions) versions.delete(versions.keys().next().value!);
}
