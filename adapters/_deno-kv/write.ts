/**
 * How writes become one atomic operation. To replace a document one has to know how many chunks it had, because Deno KV
 * cannot delete a range; a check makes sure of it, and the operation is tried again if another writer was faster.
 *
 * @module
 */
import type { Version } from "../../src/persistence/adapter/adapter.ts";
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";
import { ConflictError, StorageLimitError } from "../../src/persistence/adapter/errors.ts";
import type { PreparedCheck } from "../../src/persistence/adapter/prepare.ts";
import type { Clock } from "../../src/shared/clock.ts";
import { describeCount } from "../../src/shared/describe.ts";
import type { DenoKvBinding, DenoKvEntry, DenoKvKey } from "./binding.ts";
import type { Changes } from "./changes.ts";
import * as document from "./document.ts";
import { maxChecks, maxMutations, maxTtl } from "./limits.ts";
import type { Commit } from "./locked.ts";
import { withNarrowTexts } from "./narrow.ts";

/** What writes of one store have in common. */
export interface WriteContext {
  /** The adapter's name. */
  readonly name: string;
  readonly kv: DenoKvBinding;
  readonly prefix: readonly string[];
  readonly clock: Pick<Clock, "now">;
  /** Where changes are noted, if the store can be watched. */
  readonly changes: Changes | undefined;
  readonly commit: Commit;
}

/** How many chunks go with a document that is replaced, and the check that makes sure of it. */
interface Replaced {
  readonly chunks: number;
  readonly check: { readonly key: DenoKvKey; readonly versionstamp: string | null };
}

/**
 * Applies writes all or none, if the checks hold.
 *
 * @throws {ConflictError} when an `ifVersion` does not hold.
 * @throws {StorageLimitError} when they replace more than one operation can.
 */
export async function writeAll(
  context: WriteContext,
  writes: readonly EncodedWrite[],
  checks: readonly PreparedCheck[],
): Promise<(Version | null)[]> {
  // A check expects what a write with its condition would; what it would replace stays.
  const all = checks.length > 0 ? [...writes, ...checks] : writes;
  const expected = all.map((each) => expect(context, each));
  let replaced = isKnown(expected) ? expected : await lookUp(context, all, expected);
  for (;;) {
    assertFits(context, writes, replaced);
    const versions = await apply(context, writes, replaced);
    if (versions) return versions;
    replaced = await expectAgain(context, all, replaced);
  }
}

/**
 * Applies more writes than there may be checks, none of them conditional. Returns `undefined` if a document of one of
 * their types may have chunks, so each has to be looked up.
 */
export async function writeUnchecked(
  context: WriteContext,
  writes: readonly EncodedWrite[],
): Promise<(Version | null)[] | undefined> {
  const byType = new Map<string, Replaced>();
  const replaced = writes.map(({ type }) => {
    const known = byType.get(type);
    if (known) return known;
    const key = document.markKey({ prefix: context.prefix, type });
    const unmarked = { chunks: 0, check: { key, versionstamp: null } };
    byType.set(type, unmarked);
    return unmarked;
  });
  return byType.size <= maxChecks ? await apply(context, writes, replaced) : undefined;
}

/** Applies writes without conditions, in as many operations as the chunks that they replace require. */
export async function writeInHalves(
  context: WriteContext,
  writes: readonly EncodedWrite[],
): Promise<(Version | null)[]> {
  try {
    return await writeAll(context, writes, []);
  } catch (error) {
    if (!(error instanceof StorageLimitError) || writes.length === 1) throw error;
  }
  const middle = writes.length >> 1;
  const before = await writeInHalves(context, writes.slice(0, middle));
  return [...before, ...await writeInHalves(context, writes.slice(middle))];
}

/** Returns what a write should replace, or `undefined` if that has to be read. */
function expect(context: WriteContext, write: EncodedWrite): Replaced | undefined {
  const { type, key, encodedKey, ifVersion, put } = write;
  const place = { prefix: context.prefix, type, encodedKey };
  if (ifVersion === undefined) {
    // A large document mostly replaces a large one, and is not sent in vain.
    if (put && document.countChunks(put.encoded.text, put.metadata) > 0) return undefined;
    // If there are chunks, there is a first one.
    return { chunks: 0, check: { key: document.chunkKey(place, 0), versionstamp: null } };
  }
  const headKey = document.headKey(place);
  if (ifVersion === null) return { chunks: 0, check: { key: headKey, versionstamp: null } };
  const version = document.parseVersion(ifVersion);
  if (!version || version.expires <= context.clock.now()) {
    throw new ConflictError(context.name, type, key);
  }
  const { chunks, versionstamp } = version;
  return { chunks, check: { key: headKey, versionstamp } };
}

function isKnown(expected: readonly (Replaced | undefined)[]): expected is readonly Replaced[] {
  return !expected.includes(undefined);
}

/** Reads what is not known. Only a damaged head does not say how many chunks it has. */
async function lookUp(
  context: WriteContext,
  writes: readonly EncodedWrite[],
  expected: readonly (Replaced | undefined)[],
): Promise<Replaced[]> {
  return await Promise.all(expected.map(async (known, index) => {
    if (known) return known;
    const { type, encodedKey } = writes[index]!;
    const place = { prefix: context.prefix, type, encodedKey };
    const key = document.headKey(place);
    const entry = await context.kv.get(key);
    const { versionstamp } = entry;
    const chunks = versionstamp === null ? 0 : document.toHead(entry)?.chunks;
    if (chunks === undefined) return await found(context, place, entry);
    return { chunks, check: { key, versionstamp } };
  }));
}

/** Returns what the writes should replace after a check has failed: an expired entry that is still there is none. */
async function expectAgain(
  context: WriteContext,
  writes: readonly EncodedWrite[],
  before: readonly Replaced[],
): Promise<Replaced[]> {
  const places = writes.map(({ type, encodedKey }) => ({
    prefix: context.prefix,
    type,
    encodedKey,
  }));
  const heads = await document.getAll(context.kv, places.map(document.headKey));
  return await Promise.all(writes.map(({ type, key, ifVersion }, index) => {
    const [head, expected] = [heads[index]!, before[index]!];
    const isUnchanged = head.versionstamp === expected.check.versionstamp;
    if (ifVersion !== undefined && isUnchanged) return expected;
    const isGone = ifVersion === null && document.isGone(head, context.clock.now());
    if (ifVersion === undefined || isGone) return found(context, places[index]!, head);
    throw new ConflictError(context.name, type, key);
  }));
}

/** Returns what was found under a document's key: it may be damaged or gone and still have chunks. */
async function found(
  { kv }: WriteContext,
  place: document.Place,
  entry: DenoKvEntry,
): Promise<Replaced> {
  const chunks = await document.findChunks(kv, place);
  return { chunks, check: { key: document.headKey(place), versionstamp: entry.versionstamp } };
}

/** Refuses more chunks to remove than one operation takes: large documents leave them when they go. */
function assertFits(
  { name }: WriteContext,
  writes: readonly EncodedWrite[],
  replaced: readonly Replaced[],
): void {
  const actual = writes.reduce((sum, { put }, index) => {
    const chunks = document.countChunks(put?.encoded.text ?? "", put?.metadata);
    return sum + 1 + Math.max(chunks, replaced[index]!.chunks);
  }, 0);
  if (actual <= maxMutations) return;
  throw new StorageLimitError(
    `Cannot commit to ${name}: the large documents in it make ${describeCount(actual)} ` +
      `mutations, and ${maxMutations} are all or nothing; commit less at a time`,
    { limit: "mutations per commit", allowed: maxMutations, actual },
  );
}

/** Writes, or returns `undefined` if something else is stored than was expected. */
async function apply(
  context: WriteContext,
  writes: readonly EncodedWrite[],
  replaced: readonly Replaced[],
): Promise<(Version | null)[] | undefined> {
  return await withNarrowTexts(writes, (writes) => send(context, writes, replaced));
}

async function send(
  { kv, prefix, clock, changes, commit }: WriteContext,
  writes: readonly EncodedWrite[],
  replaced: readonly Replaced[],
): Promise<(Version | null)[] | undefined> {
  const atomic = kv.atomic();
  for (const check of new Set(replaced.map(({ check }) => check))) atomic.check(check);
  const heads = writes.map(({ type, encodedKey, put }, index) => {
    const place = { prefix, type, encodedKey };
    const { chunks } = replaced[index]!;
    if (!put) return document.deleteDocument(atomic, place, chunks);
    const { encoded: { format, text }, metadata } = put;
    const ttl = put.ttl === undefined ? undefined : Math.min(put.ttl, maxTtl);
    const head = {
      format,
      ...metadata !== undefined && { metadata },
      ...ttl !== undefined && { expires: Math.ceil(clock.now() + ttl) },
    };
    return document.setDocument(atomic, place, { head, text, ttl, chunksBefore: chunks });
  });
  changes?.note(atomic, writes);
  const result = await commit(atomic);
  if (!result.ok) return undefined;
  return heads.map((head) => head ? document.formatVersion(result.versionstamp, head) : null);
}
