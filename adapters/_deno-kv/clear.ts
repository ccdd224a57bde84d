import { byteLength } from "../../src/shared/byte-length.ts";
import { own } from "../_shared/own.ts";
import type { DenoKvEntry, DenoKvKey } from "./binding.ts";
import * as document from "./document.ts";
import { maxChecks, maxClearedKeyBytes, maxMutations } from "./limits.ts";
import type { WriteContext } from "./write.ts";

/** Nothing is left out, so that none of it is inherited from a polluted `Object.prototype`. */
const everything = { after: undefined, reverse: false, batchSize: maxChecks };

/** What was found under a key of the type, and will be removed. */
interface Removal {
  readonly key: DenoKvKey;
  /** The last part of the key, which others may have made anything. */
  readonly encodedKey: unknown;
  readonly versionstamp: string | null;
  readonly chunks: number;
}

/** Removes the entries of a type as they are found, damaged ones included. */
export async function clear(context: WriteContext, type: string): Promise<void> {
  const key = document.markKey({ prefix: context.prefix, type });
  const mark = await context.kv.get(key);
  let batch: Removal[] = [];
  let mutations = 0;
  let keyBytes = 0;
  for await (const found of document.listHeads(context, type, everything)) {
    const removal = toRemoval(found);
    mutations += 1 + removal.chunks;
    keyBytes += bytesOfKeys(removal);
    if (batch.length === maxChecks || mutations > maxMutations || keyBytes > maxClearedKeyBytes) {
      await remove(context, type, batch);
      batch = [];
      mutations = 1 + removal.chunks;
      keyBytes = bytesOfKeys(removal);
    }
    batch.push(removal);
  }
  await remove(context, type, batch);
  if (mark.versionstamp === null) return;
  await removeOrphans(context, type);
  // A large document that has been written since has changed the mark.
  const { versionstamp } = mark;
  await context.commit(context.kv.atomic().check({ key, versionstamp }).delete(key));
}

function toRemoval(entry: DenoKvEntry): Removal {
  return {
    key: entry.key as DenoKvKey,
    encodedKey: entry.key.at(-1),
    versionstamp: entry.versionstamp,
    chunks: document.toHead(entry)?.chunks ?? 0,
  };
}

/** Returns how many bytes the keys take: of its check, and of what it removes. */
function bytesOfKeys({ key, chunks }: Removal): number {
  return byteLength(key.join("\0")) * (2 + chunks);
}

/** Removes what has not been written since it was found; what has been written came after the clear. */
async function remove(
  context: WriteContext,
  type: string,
  removals: readonly Removal[],
): Promise<void> {
  const { kv, prefix, changes, commit } = context;
  const atomic = kv.atomic();
  const removed: { readonly type: string; readonly encodedKey: string }[] = [];
  for (const { key, encodedKey, versionstamp, chunks } of removals) {
    atomic.check({ key, versionstamp });
    atomic.delete(key);
    if (typeof encodedKey !== "string") continue;
    document.deleteDocument(atomic, { prefix, type, encodedKey }, chunks);
    removed.push({ type, encodedKey });
  }
  changes?.note(atomic, removed);
  if (removals.length === 0 || (await commit(atomic)).ok || removals.length === 1) return;
  for (const removal of removals) await remove(context, type, [removal]);
}

/** Removes chunks whose head was damaged: a whole document has the versionstamp of its chunks. */
async function removeOrphans({ kv, prefix, commit }: WriteContext, type: string): Promise<void> {
  for await (
    const { key, versionstamp } of kv.list(own({ prefix: [...prefix, 1, type] }), own({}))
  ) {
    const chunk = key as DenoKvKey;
    const head = await kv.get([...prefix, type, chunk.at(-2)!]);
    if (head.versionstamp === versionstamp) continue;
    await commit(kv.atomic().check({ key: chunk, versionstamp }).delete(chunk));
  }
}
