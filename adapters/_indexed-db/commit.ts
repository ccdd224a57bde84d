import type { Version } from "../../src/persistence/adapter/adapter.ts";
import type { EncodedWrite } from "../../src/persistence/adapter/codec.ts";
import { ConflictError } from "../../src/persistence/adapter/errors.ts";
import { conditionsOf, type PreparedCheck } from "../../src/persistence/adapter/prepare.ts";
import { type EntryRecord, recordKey, recordOf, unlessExpired } from "./record.ts";
import type { Asking } from "./transaction.ts";

/** What a transaction is to write. */
export interface Commit {
  readonly writes: readonly EncodedWrite[];
  readonly checks: readonly PreparedCheck[];
  /** What each write leaves behind. */
  readonly versions: readonly (Version | null)[];
  readonly now: number;
  /** The adapter's name. */
  readonly adapter: string;
}

/** How many expired entries one commit removes, so none takes long. */
const maxDeletedAtOnce = 1_000;

/**
 * Asks for all that has to be read at once, and for the writes when the last of it is there. Until then nothing is
 * written, and a page may go away.
 */
export function askCommit(
  { entries, isRepeat, after, finish }: Asking<void>,
  { writes, checks, versions, now, adapter }: Commit,
): void {
  const conditions = conditionsOf(writes, checks);
  const own: ReadonlySet<Version | null> = new Set(isRepeat ? versions : []);
  let expired: readonly IDBValidKey[] = [];
  let missing = conditions.length;

  function write(): void {
    for (const key of expired) entries.delete(key);
    // The transaction says whether these succeed, so nothing listens to each.
    for (const [index, { type, encodedKey, put }] of writes.entries()) {
      const version = versions[index]!;
      if (put) entries.put(recordOf(put, { type, encodedKey, version, now }));
      else entries.delete(recordKey(type, encodedKey));
    }
    finish();
  }

  function arrived(): void {
    if (--missing === 0) write();
  }

  if (writes.some(({ put }) => put?.ttl !== undefined)) {
    missing++;
    const range = IDBKeyRange.upperBound(now);
    after(entries.index("expires").getAllKeys(range, maxDeletedAtOnce), (keys) => {
      expired = keys;
      arrived();
    });
  }
  for (const { type, key, encodedKey, ifVersion } of conditions) {
    after<EntryRecord | undefined>(entries.get(recordKey(type, encodedKey)), (record) => {
      const version = unlessExpired(record, now)?.version ?? null;
      const isHeld = version === ifVersion || version !== null && own.has(version);
      if (!isHeld) throw new ConflictError(adapter, type, key);
      arrived();
    });
  }
  if (missing === 0) write();
}
