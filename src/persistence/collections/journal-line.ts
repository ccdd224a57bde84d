import type { JournalCodec, Key, Version } from "../adapter/adapter.ts";
import { decodeKey, encodeKey } from "../adapter/keys.ts";
import type { StoredDocument } from "./options.ts";
import { sameField } from "./merge.ts";

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
  /** The fields that changed, with their values in storage if they had any; `null` where there was no document. */
  readonly was: readonly (readonly [name: string, value?: unknown])[] | null;
  /** The document; `null` if it was deleted. */
  readonly mine: StoredDocument | null;
  /** The version that storage was to give to it. */
  readonly token: StoredVersion;
}

/** Returns the fields that differ, as they were. */
export function fieldsBefore(
  before: StoredDocument | undefined,
  after: StoredDocument | null,
): NotedWrite["was"] {
  if (before === undefined) return null;
  return Object.keys({ ...before, ...after })
    .filter((name) => after === null || !sameField(before, after, name))
    .map((name) => Object.hasOwn(before, name) ? [name, before[name]] : [name]);
}

/** Returns the document of which a page has noted the changes. */
export function documentBefore({ was, mine }: NotedWrite): StoredDocument | undefined {
  if (was === null) return undefined;
  const fields = new Map(Object.entries(mine ?? {}));
  for (const [name, ...values] of was) {
    if (values.length > 0) fields.set(name, values[0]);
    else fields.delete(name);
  }
  return Object.fromEntries(fields);
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
  const { type, key, schemaVersion, base, was, mine, token } = write;
  const isVersion = (value: unknown) => value === null || typeof value === "string";
  const isWhole = typeof type === "string" && Number.isInteger(schemaVersion) &&
    typeof mine === "object" && !Array.isArray(mine) && isVersion(token) &&
    (base === null || Array.isArray(base) && base.every(isVersion)) &&
    (was === null || Array.isArray(was) && was.every((field) => typeof field?.[0] === "string"));
  if (!isWhole) throw new Error("Cannot read the journal: a line is damaged");
  return { ...write, key: decodeKey(key as string) };
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
