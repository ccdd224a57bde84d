/**
 * The entries in which `far-receipts.ts` keeps the receipts of one instance, each with a text of lines as
 * `near-receipts.ts` writes them: a head, where lines arrive, and the nodes of a tree. The key of a node is its instance
 * and its path from the top, one digit a level.
 *
 * @module
 */
import type { Adapter, Entry, PutWrite, Version } from "../persistence/adapter/adapter.ts";
import { UnreadableEntryError } from "../persistence/adapter/errors.ts";
import { describe } from "../shared/describe.ts";
import { hash } from "../shared/hash.ts";
import { own } from "../shared/own.ts";
import { type Address, addressKey } from "./address.ts";
import { isRev, newEpoch } from "./epoch.ts";
import { isState } from "./is-state.ts";
import { entryTtl } from "./receipts.ts";
import { segmentType } from "./side-types.ts";

/** Receipts, and what leads on to those that have no room here. */
interface Lines {
  /** The id of the tree. It is secret, so nobody can choose ids that all lead to one node. */
  readonly tree: string;
  readonly lines: string;
  /** Whether lines have moved on from here to what is below. */
  readonly isParent: boolean;
}

/** A node of the tree. */
export interface ReceiptNode extends Lines {
  /** The digits that lead here: none to the top. */
  readonly path: string;
}

/** What everything begins with: each change of the tree writes it too. */
export interface ReceiptHead extends Lines {
  /** What a write compares with. */
  readonly version: Version | null;
  /** The time of the newest line of all, in milliseconds since 1970. */
  readonly newest: number;
  /** A revision that no line below exceeds. */
  readonly deep: number;
  /** The path of a node that is full. */
  readonly next: string | undefined;
  /** How far the search for what is past its time has come, if it goes on. */
  readonly swept: string | undefined;
  /** What is missing, since a head before this one was damaged. */
  readonly lost: LostLines | undefined;
}

/** Lines that were lost. */
export interface LostLines {
  /** A revision that none of them exceeded. */
  readonly upto: number;
  /** A time that none of them was later than, in milliseconds since 1970. */
  readonly at: number;
}

/** How many nodes stand below one. */
export const fanOut = 8;
/** How many characters of lines the head holds before it hands them on. */
export const fullHead = 6_000;
/** How many characters of lines a node holds before it hands them on. */
export const fullNode = 32_000;
/** How long a path may be. */
export const maxDepth = 10;

/** Returns the head of a tree that nobody has met. */
export function newHead(version: Version | null): ReceiptHead {
  return {
    tree: newEpoch(),
    lines: "",
    isParent: false,
    version,
    newest: 0,
    deep: 0,
    next: undefined,
    swept: undefined,
    lost: undefined,
  };
}

/** Returns the digits that lead to all nodes in which the receipts of an event may be. */
export function digitsOf({ tree }: ReceiptHead, eventId: string): string {
  const digits = parseInt(hash(`${tree}${eventId}`), 36).toString(fanOut).padStart(maxDepth, "0");
  return digits.slice(-maxDepth);
}

/**
 * Reads the head of an instance's receipts, if there is one.
 *
 * @throws {UnreadableEntryError} if it is damaged: nobody knows what it held
 */
export async function readHead(
  adapter: Adapter,
  address: Address,
): Promise<ReceiptHead | undefined> {
  const entry = await adapter.get(segmentType, headKey(address));
  if (!entry) return undefined;
  const { newest, deep, next, swept, lost } = own(entry.value as Record<string, unknown>);
  return {
    ...linesOf(entry),
    version: entry.version,
    newest: typeof newest === "number" ? newest : Infinity,
    deep: isRev(deep) ? deep : Infinity,
    next: typeof next === "string" && /^[0-7]{0,9}$/.test(next) ? next : undefined,
    swept: typeof swept === "string" ? swept : undefined,
    lost: lost === undefined ? undefined : lostOf(lost),
  };
}

function lostOf(value: unknown): LostLines {
  const { upto, at } = own(Object(value) as Readonly<Record<string, unknown>>);
  return { upto: isRev(upto) ? upto : Infinity, at: typeof at === "number" ? at : Infinity };
}

/**
 * Reads a node, if it is there.
 *
 * @throws {UnreadableEntryError} if it is damaged
 */
export async function readNode(
  adapter: Adapter,
  address: Address,
  { tree, path }: { readonly tree: string; readonly path: string },
): Promise<ReceiptNode | undefined> {
  const entry = await adapter.get(segmentType, nodeKey(address, path));
  const node = entry && nodeOf(entry, path);
  // What is left of an earlier tree is past its time.
  return node?.tree === tree ? node : undefined;
}

/**
 * Returns the node that an entry holds.
 *
 * @throws {UnreadableEntryError} if it is damaged
 */
export function nodeOf(entry: Entry, path: string): ReceiptNode {
  return { ...linesOf(entry), path };
}

function linesOf({ key, value }: Entry): Lines {
  const { tree, lines, parent } = own(isState(value) ? value as Record<string, unknown> : {});
  if (typeof tree === "string" && typeof lines === "string") {
    return { tree, lines: lines.replaceAll(";", "\n"), isParent: parent === true };
  }
  const problem = `it holds ${describe(value)}, which is no receipts; delete it`;
  throw new UnreadableEntryError({ type: segmentType, key }, problem);
}

/** Returns the write of a node. */
export function nodeWrite(
  adapter: Adapter,
  address: Address,
  { node, ttl }: { readonly node: ReceiptNode; readonly ttl: number },
): PutWrite {
  return write(adapter, nodeKey(address, node.path), { value: valueOf(node), ttl });
}

/** Returns the write of a head. */
export function headWrite(
  adapter: Adapter,
  address: Address,
  { head, ttl }: { readonly head: ReceiptHead; readonly ttl: number },
): PutWrite {
  const { newest, deep, next, swept, lost } = head;
  const value = {
    ...valueOf(head),
    newest,
    deep,
    ...(next !== undefined && { next }),
    ...(swept !== undefined && { swept }),
    ...(lost && { lost }),
  };
  return write(adapter, headKey(address), { value, ttl });
}

function valueOf({ tree, lines, isParent }: Lines): object {
  // In JSON, an end of a line would take two bytes, and the text more time to read.
  return { tree, lines: lines.replaceAll("\n", ";"), ...(isParent && { parent: true }) };
}

function write(
  { capabilities: { expiry } }: Adapter,
  key: string,
  { value, ttl }: { readonly value: object; readonly ttl: number },
): PutWrite {
  // What is below was above before, so it is past its time when what is above is.
  return { type: segmentType, key, value, ...(expiry && { ttl: entryTtl(ttl) }) };
}

/** Returns the key of the head, which comes before those of the nodes. */
export function headKey(address: Address): string {
  return `${treePrefix(address)}"]`;
}

/** Returns the key of a node. Those of one level follow each other, so the nodes below one do too. */
export function nodeKey(address: Address, path: string): string {
  return `${treePrefix(address)}${path.length.toString(36)}${path}"]`;
}

/** Returns how the keys of an instance's receipts begin. */
export function treePrefix(address: Address): string {
  return `${addressKey(address).slice(0, -1)},"`;
}
