import type { Adapter, CheckWrite, PutWrite, Write } from "../../persistence/adapter/adapter.ts";
import { ConflictError } from "../../persistence/adapter/errors.ts";
import { checkOptions } from "../../shared/check-options.ts";
import { systemClock } from "../../shared/clock.ts";
import * as kind from "../../shared/kinds.ts";
import { addFar } from "../far-receipts.ts";
import { goneAddress } from "../gone.ts";
import { defaultReceiptTtl, entryTtl } from "../receipts.ts";
import { type Imported as Part, importedAs } from "./imported.ts";
import { parseLine } from "./instance-line.ts";
import { adapterKind, linesKind } from "./kinds.ts";

/** Options of {@link importInstances}. */
export interface ImportOptions {
  /**
   * What becomes of an instance that is there already, or was deleted there: `"refuse"`, the default, ends the import;
   * `"keep"` leaves it as it is there and goes on with the next, as after an import that was interrupted; `"replace"`
   * makes it what it was where it comes from, which may be deleted. The ids of applied events are kept from both.
   */
  readonly existing?: "refuse" | "keep" | "replace";
  /** For how many milliseconds the ids of applied events are remembered from now on. Default 86,400,000, a day. */
  readonly receiptTtl?: number;
}

/** What {@link importInstances} returns. */
export interface Imported {
  /** How many instances were written. */
  readonly imported: number;
  /** How many were there already, or were deleted there, and kept so. */
  readonly kept: number;
}

const strategies: readonly unknown[] = ["refuse", "keep", "replace"];

/**
 * Writes the instances that {@link exportInstances} has read, each as it was: with its revision, and with the ids of the
 * events that were applied to it, so none is applied again.
 *
 * @throws {ConflictError} if an instance is there already or was deleted there, and `existing` does not say what to do
 * @throws {TypeError} if a line is damaged or holds no instance, or an argument is not what it should be
 *
 * @example Restore a backup from a file
 * ```ts
 * import { createReadStream } from "node:fs";
 * import { createInterface } from "node:readline";
 * import type { Adapter } from "rian/adapter";
 * import { importInstances } from "rian/hono";
 *
 * export async function restore(store: Adapter, path: string): Promise<void> {
 *   const lines = createInterface({ input: createReadStream(path) });
 *   const { imported, kept } = await importInstances(store, lines, { existing: "keep" });
 *   console.log(`${imported} restored, ${kept} were there`);
 * }
 * ```
 */
export async function importInstances(
  store: Adapter,
  lines: AsyncIterable<string> | Iterable<string>,
  given: ImportOptions = {},
): Promise<Imported> {
  const { options } = checkOptions("import instances", { store, lines, options: given }, {
    store: adapterKind,
    lines: linesKind,
    options: kind.optionsOf<ImportOptions>({
      existing: {
        fits: (value) => strategies.includes(value),
        cure: '"refuse", "keep" or "replace"',
      },
      receiptTtl: kind.duration,
    }),
  });
  let [imported, kept, number] = [0, 0, 0];
  for await (const line of lines) {
    number++;
    if (line === "") continue;
    const part = parsed(line, number);
    const isWritten = await write(store, part, options);
    if (part.kind !== "instance") continue;
    if (isWritten) imported++;
    else kept++;
  }
  return { imported, kept };
}

function parsed(line: string, number: number): Part {
  try {
    return importedAs(parseLine(line));
  } catch (cause) {
    const problem = (cause as Error).message;
    throw new TypeError(`Cannot import instances: line ${number} is damaged: ${problem}`, {
      cause,
    });
  }
}

/** Writes what a line holds, and returns whether it did. */
async function write(
  store: Adapter,
  part: Part,
  { existing = "refuse", receiptTtl: ttl = defaultReceiptTtl }: ImportOptions,
): Promise<boolean> {
  const { conditional, expiry } = store.capabilities;
  if (part.kind === "message") {
    const isNew = existing !== "replace" && conditional !== "none";
    return await unlessTaken(store, [{ ...part.entry, ...(isNew && { ifVersion: null }) }]);
  }
  if (part.kind === "receipts") {
    const { address, lines } = part;
    const since = systemClock.now() - ttl;
    // Storage that compares nothing keeps only those beside the state.
    if (conditional !== "none") await addFar(store, address, { lines, since, ttl });
    return true;
  }
  const { address, entry } = part;
  const instance = { type: address.type, key: address.id };
  const gone = goneAddress(address);
  const [own, other] = part.kind === "gone" ? [gone, instance] : [instance, gone];
  const put = { ...entry, ...own, ...(part.kind === "gone" && expiry && { ttl: entryTtl(ttl) }) };
  if (existing === "replace") {
    await store.commit([put, { ...other, delete: true }]);
    return true;
  }
  const isWritten = await writeNew(store, [put, { ...other, check: true, ifVersion: null }]);
  if (isWritten || existing === "keep" || part.kind === "gone") return isWritten;
  throw new ConflictError(store.name, instance.type, instance.key);
}

/** Writes what no entry of these writes stands in the way of, and returns whether that was so. */
async function writeNew(
  store: Adapter,
  [put, check]: readonly [PutWrite, CheckWrite],
): Promise<boolean> {
  if (store.capabilities.conditional === "none") {
    for (const { type, key } of [put, check]) if (await store.get(type, key)) return false;
    await store.commit([put]);
    return true;
  }
  return await unlessTaken(store, [{ ...put, ifVersion: null }, check]);
}

/** Commits, and returns whether nothing stood in the way. */
async function unlessTaken(store: Adapter, writes: readonly Write[]): Promise<boolean> {
  try {
    await store.commit(writes);
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}
