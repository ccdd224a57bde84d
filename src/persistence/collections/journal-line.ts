import type { JournalCodec, Key, Version } from "../adapter/adapter.ts";
import { decodeKey, encodeKey } from "../adapter/keys.ts";
import type { StoredDocument } from "./options.ts";
import { changedFields } from "./merge.ts";

/** The version of an entry; `null` where there is none. */
export type StoredVersion = Version | null;

/** What a page has noted of one document. */
export interface NotedWrite {
  /** The name of its collection. */
  readonly type: string;
  readonly key: Key;
  /** The schema version of its documents. */
  readonly schemaVersion: number;
  /** What storage may have had before it, all made in that page but the first; `null` where that was not known yet. */
  readonly base: readonly StoredVersion[] | null;
  /** The names of the fields that changed. */
  readonly changed: readonly string[];
  /** These fields in the document that storage had, `null` if there was none, and in those that may have followed. */
  readonly was: readonly (StoredDocument | null)[];
  /** The document; `null` if it was deleted. */
  readonly mine: StoredDocument | null;
  /** The version that storage was to give to it. */
  readonly token: StoredVersion;
}

/** What has changed in a document. */
export type NotedChange = Pick<NotedWrite, "changed" | "was" | "mine">;

/** Returns what has changed in a document since storage had the first of its earlier states, which may be none. */
export function changeFrom(
  states: readonly (StoredDocument | undefined)[],
  mine: StoredDocument | null,
): NotedChange {
  const origins = states.map((state) => state ?? {});
  const changed = changedFields(origins, mine ?? {});
  const was = states.map((state) => state === undefined ? null : pick(state, changed));
  return { changed, was, mine };
}

/** Returns the earlier states of a document that {@link changeFrom} was given. */
export function statesBefore({ changed, was, mine }: NotedChange): (StoredDocument | undefined)[] {
  const same = pick(mine ?? {}, Object.keys(mine ?? {}).filter((name) => !changed.includes(name)));
  return was.map((state) => state === null ? undefined : { ...same, ...state });
}

function pick(document: StoredDocument, names: readonly string[]): StoredDocument {
  return Object.fromEntries(Object.entries(document).filter(([name]) => names.includes(name)));
}

/** Returns a write as text, on one line. */
export function encodeLine(write: NotedWrite, codec: JournalCodec): string {
  return codec.encode({ ...write, key: encodeKey(write.key) });
}

/**
 * Returns the write in a line.
 *
 * @throws {Error} if the line is damaged: others can write to localStorage as well.
 */
export function decodeLine(line: string, codec: JournalCodec): NotedWrite {
  const write = codec.decode(line) as NotedWrite;
  const { type, key, schemaVersion, base, changed, was, mine, token } = write;
  const isVersion = (value: unknown) => value === null || typeof value === "string";
  const isWhole = typeof type === "string" && Number.isInteger(schemaVersion) &&
    typeof mine === "object" && !Array.isArray(mine) && isVersion(token) &&
    (base === null || Array.isArray(base) && base.every(isVersion)) &&
    Array.isArray(changed) && Array.isArray(was) && was.every((state) => typeof state === "object");
  if (!isWhole) throw damaged();
  return { ...write, key: decodeKey(key as string) };
}

/** Returns the error for what cannot be read. */
export function damaged(): Error {
  return new Error(
    "Cannot save what an earlier page has noted: the note is damaged; it is dropped",
  );
}

/** Returns the parts of a note: the storage epoch as JSON, and a line for each document. */
export function readNote(text: string): { readonly head: string; readonly lines: string[] } {
  const [head = "", ...lines] = text.split("\n");
  return { head, lines };
}

/** What another page has noted under one name. */
export interface OtherNote extends ReturnType<typeof readNote> {
  readonly name: string;
  /** What all names of that page begin with. */
  readonly page: string;
}
