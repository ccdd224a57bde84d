/**
 * The receipts for which there is no room beside their instance: entries with some ten lines each, as
 * `near-receipts.ts` writes them. Their keys begin with the instance and the highest revision of their lines, so that
 * those of a revision and all later ones follow each other.
 *
 * @module
 */
import type { Adapter, DeleteWrite, PutWrite } from "../persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../persistence/adapter/errors.ts";
import { describe } from "../shared/describe.ts";
import type { Address } from "./address.ts";
import { newEpoch } from "./epoch.ts";
import { findLine, newestTime } from "./near-receipts.ts";
import { type Claim, isOf, type Receipt } from "./receipts.ts";
import { segmentType } from "./side-types.ts";

/** How many segments are read together. */
const pageSize = 64;
/** How many segments that are past their time are removed together. */
const mostRemoved = 16;

/** Returns the write of a segment. */
export function segmentWrite(
  { capabilities: { expiry } }: Adapter,
  address: Address,
  { lines, upto, ttl }: { readonly lines: string; readonly upto: number; readonly ttl: number },
): PutWrite {
  // Several segments may end at one revision: an event that changes only other instances raises none.
  const key = `${prefixOf(address)}${padded(upto)}","${newEpoch()}"]`;
  return { type: segmentType, key, value: lines, ...(expiry && { ttl }) };
}

/**
 * Returns the receipt of an event, unless it is older than `since`, from the segments with receipts of a revision or a
 * later one; or else that of another event with its id.
 *
 * @throws {UnreadableEntryError} if one of them is damaged: nobody knows what it held
 */
export async function findFar(
  adapter: Adapter,
  address: Address,
  { eventId, claim, from, since }: {
    readonly eventId: string;
    readonly claim: Claim | undefined;
    readonly from: number;
    readonly since: number;
  },
): Promise<Receipt | undefined> {
  let other: Receipt | undefined;
  for await (const { lines } of segments(adapter, address, from)) {
    const receipt = findLine(lines, eventId, since);
    if (receipt && isOf(receipt, claim)) return receipt;
    other ??= receipt;
  }
  return other;
}

/** Returns what removes segments that are past their time, where entries do not expire by themselves. */
export async function removals(
  adapter: Adapter,
  address: Address,
  since: number,
): Promise<DeleteWrite[]> {
  const found: DeleteWrite[] = [];
  if (adapter.capabilities.expiry) return found;
  for await (const { key, lines } of segments(adapter, address, 0)) {
    if (found.length === mostRemoved || !(newestTime(lines) < since)) break;
    found.push({ type: segmentType, key, delete: true });
  }
  return found;
}

async function* segments(
  adapter: Adapter,
  address: Address,
  from: number,
): AsyncGenerator<{ readonly key: string; readonly lines: string }> {
  const prefix = prefixOf(address);
  let after = `${prefix}${padded(from)}`;
  for (;;) {
    let count = 0;
    for await (const { key, value } of adapter.list(segmentType, { after, limit: pageSize })) {
      if (typeof key !== "string" || !key.startsWith(prefix)) return;
      if (typeof value !== "string") {
        const problem = `it holds ${describe(value)}, which is no receipts; delete it`;
        throw new UnreadableEntryError({ type: segmentType, key }, problem);
      }
      yield { key, lines: value };
      after = key;
      count++;
    }
    if (count < pageSize) return;
  }
}

function prefixOf({ type, id }: Address): string {
  return `${JSON.stringify([type, id]).slice(0, -1)},"`;
}

function padded(rev: number): string {
  return String(rev).padStart(16, "0");
}
