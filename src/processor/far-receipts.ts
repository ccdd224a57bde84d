/**
 * The receipts for which there is no room beside their instance. Lines arrive at a head, which hands them on to the top of
 * a tree; a node that is full hands its lines on to the eight below it, by a digit of a hash of each event's id. So an id
 * is looked for in one node a level, however many events there were.
 *
 * Lines move only down, and each move is one commit, on condition that the head is as it was read: whoever reads from the
 * head down misses none. The commit that adds lines compares the instance instead, since each of them changes it. If
 * lines were handed on meanwhile, they are in two places then, which does no harm.
 *
 * @module
 */
import type { Adapter, Write } from "../persistence/adapter/adapter.ts";
import { ConflictError, UnreadableEntryError } from "../persistence/adapter/errors.ts";
import type { Address } from "./address.ts";
import { findClaimed, newestTime, withoutOld } from "./near-receipts.ts";
import {
  digitsOf,
  headKey,
  headWrite,
  maxDepth,
  newHead,
  readHead,
  readNode,
  type ReceiptHead,
} from "./receipt-node.ts";
import { handOn, isDue, sweep } from "./receipt-upkeep.ts";
import { type Claim, isOf, type Receipt } from "./receipts.ts";
import { segmentType } from "./side-types.ts";
import { isUnreadable } from "./store-calls.ts";

/** How often lines from elsewhere are tried to be written while the instance gets some of its own. */
const mostAttempts = 10;

/**
 * Returns the receipt of an event of a revision or a later one, unless it is older than `since`; or else that of another
 * event with its id.
 *
 * @throws {UnreadableEntryError} if an entry that may hold it is damaged: nobody knows what it held
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
  const head = await readHead(adapter, address);
  if (!head) return undefined;
  const receipt = await findFrom(head, adapter, address, { eventId, claim, from, since });
  const { lost } = head;
  if (receipt || !lost || lost.upto < from || lost.at < since) return receipt;
  throw new UnreadableEntryError(
    { type: segmentType, key: headKey(address) },
    `what it held before it was damaged is lost, so nobody knows whether ${eventId} was applied; ` +
      "delete it to let such events run",
  );
}

/** Finds a receipt from the head down. */
async function findFrom(
  head: ReceiptHead,
  adapter: Adapter,
  address: Address,
  { eventId, claim, from, since }: Parameters<typeof findFar>[2],
): Promise<Receipt | undefined> {
  const sought = { eventId, claim, since };
  let receipt = findClaimed(head.lines, sought);
  let other = receipt;
  if (!head.isParent || head.deep < from) return receipt;
  const digits = digitsOf(head, eventId);
  for (let length = 0; length <= maxDepth && !(receipt && isOf(receipt, claim)); length++) {
    const path = digits.slice(0, length);
    const node = await readNode(adapter, address, { tree: head.tree, path });
    receipt = node && findClaimed(node.lines, sought);
    other ??= receipt;
    if (!node?.isParent) break;
  }
  return receipt && isOf(receipt, claim) ? receipt : other;
}

/** Lines that have no room beside their instance. */
export interface Spilled {
  readonly lines: string;
  /** Whatever is older is past its time. */
  readonly since: number;
  /** In milliseconds. */
  readonly ttl: number;
}

/** Options of {@link spill}. */
export interface SpillOptions extends Spilled {
  /** A revision that nothing exceeds which was spilled before. */
  readonly floor: number;
  /** Hears that the head is damaged. */
  readonly report: (error: unknown) => void;
}

/**
 * Returns the writes that keep lines, for the commit of the event for which there was no room. Before, it makes room
 * where something is full. A head that is damaged is replaced by one that says what is lost, so that no event runs twice
 * whose receipt may be.
 */
export async function spill(
  adapter: Adapter,
  address: Address,
  { floor, report, ...spilled }: SpillOptions,
): Promise<Write[]> {
  const { since, ttl } = spilled;
  const found = await readHead(adapter, address).catch((error) => {
    if (!isUnreadable(error)) throw error;
    report(error);
    const now = since + ttl;
    return { ...newHead(null), newest: now, swept: "", lost: { upto: floor, at: now } };
  });
  const { head, deletes } = await headAfter(adapter, address, { ...spilled, found });
  return [headWrite(adapter, address, { head, ttl }), ...deletes];
}

/**
 * Keeps lines that come from elsewhere, in commits of its own.
 *
 * @throws {ConflictError} if the instance has more and more of its own
 * @throws {UnreadableEntryError} if the head is damaged
 */
export async function addFar(
  adapter: Adapter,
  address: Address,
  spilled: Spilled,
): Promise<void> {
  for (let attempt = 1;; attempt++) {
    const found = await readHead(adapter, address);
    const { head, deletes } = await headAfter(adapter, address, { ...spilled, found });
    const write = headWrite(adapter, address, { head, ttl: spilled.ttl });
    try {
      await adapter.commit([{ ...write, ifVersion: head.version }, ...deletes]);
      return;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === mostAttempts) throw error;
    }
  }
}

/** Makes room, and returns the head with these lines, and what goes with its write. */
async function headAfter(
  adapter: Adapter,
  address: Address,
  { lines, since, ttl, found = newHead(null) }: Spilled & {
    readonly found: ReceiptHead | undefined;
  },
): Promise<{ readonly head: ReceiptHead; readonly deletes: readonly Write[] }> {
  const step = { head: found, since, ttl };
  const head = found.newest < since
    ? restarted(adapter, found)
    : isDue(found) && await handOn(adapter, address, step) || found;
  // What is left of an earlier tree goes at once; what is past its time, little by little as lines are handed on.
  const { deletes, swept } = head.swept !== undefined && !head.isParent
    ? await sweep(adapter, address, { head, since })
    : { deletes: [], swept: head.swept };
  const after = {
    ...head,
    lines: withoutOld(head.lines, since) + lines,
    newest: Math.max(head.newest, newestTime(lines)),
    swept,
    lost: head.lost && head.lost.at >= since ? head.lost : undefined,
  };
  return { head: after, deletes };
}

/** Returns the head of a new tree, in place of one that is past its time as a whole. */
function restarted(
  { capabilities: { expiry } }: Adapter,
  { version, isParent, swept }: ReceiptHead,
): ReceiptHead {
  const isAlone = expiry || !isParent && swept === undefined;
  return { ...newHead(version), swept: isAlone ? undefined : "" };
}
