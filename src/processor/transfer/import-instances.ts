import type { Adapter } from "../../persistence/adapter/adapter.ts";
import { ConflictError } from "../../persistence/adapter/errors.ts";
import { queueTypes, sideTypes } from "../side-types.ts";
import { checkOptions } from "../../shared/check-options.ts";
import * as kind from "../../shared/kinds.ts";
import { parseLine, type Transferred } from "./instance-line.ts";
import { adapterKind } from "./kinds.ts";

/** Options of {@link importInstances}. */
export interface ImportOptions {
  /**
   * What becomes of an instance that is there already: `"refuse"`, the default, ends the import; `"keep"` goes on with
   * the next, as after an import that was interrupted; `"replace"` overwrites it. What is known there of events that
   * were applied, and of instances that were deleted, is only ever overwritten by `"replace"`.
   */
  readonly existing?: "refuse" | "keep" | "replace";
  /** For how many milliseconds the ids of applied events are remembered from now on. Default 86,400,000, a day. */
  readonly receiptTtl?: number;
}

/** What {@link importInstances} returns. */
export interface Imported {
  /** How many instances were written. */
  readonly imported: number;
  /** How many were there already, and kept. */
  readonly kept: number;
}

const day = 86_400_000;
const strategies: readonly unknown[] = ["refuse", "keep", "replace"];

/**
 * Writes the instances that {@link exportInstances} has read, each as it was: with its revision, and with the ids of the
 * events that were applied to it, so none is applied again.
 *
 * @throws {ConflictError} if an instance is there already, and `existing` does not say what to do
 * @throws {TypeError} if a line is damaged, or an argument is not what it should be
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
    lines: { fits: isIterable, cure: "lines, such as those of exportInstances", isRequired: true },
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
    const entry = parsed(line, number);
    const isWritten = await write(store, entry, options);
    if (isBeside(entry)) continue;
    if (isWritten) imported++;
    else kept++;
  }
  return { imported, kept };
}

function parsed(line: string, number: number): Transferred {
  try {
    return parseLine(line);
  } catch (cause) {
    const problem = (cause as Error).message;
    throw new TypeError(`Cannot import instances: line ${number} is damaged: ${problem}`, {
      cause,
    });
  }
}

/** Returns whether an entry is no instance, but what the processor keeps beside them. */
function isBeside({ type }: Transferred): boolean {
  return sideTypes.includes(type) || queueTypes.includes(type);
}

/** Writes an entry, and returns whether it did. */
async function write(
  store: Adapter,
  entry: Transferred,
  { existing = "refuse", receiptTtl = day }: ImportOptions,
): Promise<boolean> {
  const { conditional, expiry } = store.capabilities;
  const isTrace = sideTypes.includes(entry.type);
  const replaces = existing === "replace";
  // What is known here of applied events is newer than what was exported.
  const keeps = existing === "keep" || isBeside(entry);
  if (!replaces && conditional === "none" && await store.get(entry.type, entry.key)) {
    if (keeps) return false;
    throw new ConflictError(store.name, entry.type, entry.key);
  }
  try {
    await store.commit([{
      ...entry,
      ...(isTrace && expiry && { ttl: receiptTtl }),
      ...(!replaces && conditional !== "none" && { ifVersion: null }),
    }]);
    return true;
  } catch (error) {
    if (keeps && error instanceof ConflictError) return false;
    throw error;
  }
}

function isIterable(value: unknown): boolean {
  const methods = value as Partial<AsyncIterable<string> & Iterable<string>> | null | undefined;
  return typeof value === "object" && value !== null &&
    (methods?.[Symbol.asyncIterator] ?? methods?.[Symbol.iterator]) !== undefined;
}
