/**
 * Makes room among the receipts of an instance, and removes those that are past their time.
 *
 * @module
 */
import type { Adapter, DeleteWrite, Entry, Write } from "../persistence/adapter/adapter.ts";
import type { UnreadableEntryError } from "../persistence/adapter/errors.ts";
import type { Address } from "./address.ts";
import { highestRev, idOf, linesOf, withoutOld } from "./near-receipts.ts";
import {
  digitsOf,
  fanOut,
  fullHead,
  fullNode,
  headKey,
  headWrite,
  maxDepth,
  nodeKey,
  nodeOf,
  nodeWrite,
  readNode,
  type ReceiptHead,
  type ReceiptNode,
  treePrefix,
} from "./receipt-node.ts";
import { segmentType } from "./side-types.ts";
import { isUnreadable } from "./store-calls.ts";

/** How many nodes are looked at together for what is past its time. */
const mostSwept = 4;
/** How many nodes of an earlier tree are removed together. */
const mostRemoved = 16;
/** How many lines of one id a full node keeps. Only whoever lies about a revision uses an id that has a receipt. */
const mostOfOneId = 4;

/** What a step begins with. */
interface Step {
  readonly head: ReceiptHead;
  readonly since: number;
  readonly ttl: number;
}

/** A node that lines are handed on to, or `"damaged"`. */
type Target = ReceiptNode | "damaged" | undefined;

/** Returns whether there is something full. */
export function isDue({ lines, next }: ReceiptHead): boolean {
  return next !== undefined || lines.length >= fullHead;
}

/**
 * Hands on what is in one place that is full, in a commit of its own, and returns the head that this leaves; `undefined`
 * if it failed, or another commit came first. Then nothing has changed, and the next event tries again.
 */
export async function handOn(
  adapter: Adapter,
  address: Address,
  step: Step,
): Promise<ReceiptHead | undefined> {
  try {
    const { head, writes } = step.head.next === undefined
      ? await fromHead(adapter, address, step)
      : await fromNode(adapter, address, { ...step, path: step.head.next });
    const { deletes, swept } = await sweep(adapter, address, step);
    const next = { ...head, swept };
    const keys = new Set(writes.map(({ key }) => key));
    const [version] = await adapter.commit([
      {
        ...headWrite(adapter, address, { head: next, ttl: step.ttl }),
        ifVersion: step.head.version,
      },
      ...writes,
      ...deletes.filter(({ key }) => !keys.has(key)),
    ]);
    return { ...next, version: version! };
  } catch {
    // It only saves time. The event's own commit finds out whether the head is as it was.
    return undefined;
  }
}

async function fromHead(
  adapter: Adapter,
  address: Address,
  { head, since, ttl }: Step,
): Promise<{ readonly head: ReceiptHead; readonly writes: Write[] }> {
  const { tree, lines } = head;
  const found = await readNode(adapter, address, { tree, path: "" });
  const top = received(found ?? emptyNode(tree, ""), { lines, since });
  const deep = Math.max(head.deep, highestRev(lines));
  const next = isFull(top) ? "" : undefined;
  return {
    head: { ...head, lines: "", isParent: true, deep, next },
    writes: [nodeWrite(adapter, address, { node: top, ttl })],
  };
}

async function fromNode(
  adapter: Adapter,
  address: Address,
  { head, since, ttl, path }: Step & { readonly path: string },
): Promise<{ readonly head: ReceiptHead; readonly writes: Write[] }> {
  const { tree } = head;
  const node = await readFull(adapter, address, { tree, path });
  if (!node) return { head: { ...head, next: undefined }, writes: [] };
  const children = await readChildren(adapter, address, { tree, path });
  const written: ReceiptNode[] = [];
  let kept = "";
  for (const [path, lines] of partition(node, head)) {
    const child = children.get(path);
    // Nobody knows what a damaged node held, so it stays, and so do the lines that belong there.
    if (child === "damaged") kept += lines;
    else written.push(received(child ?? emptyNode(tree, path), { lines, since }));
  }
  const [fullest] = written
    .filter(isFull)
    .sort((one, other) => other.lines.length - one.lines.length);
  const emptied = { ...node, lines: kept, isParent: true };
  return {
    head: { ...head, next: fullest?.path },
    writes: [emptied, ...written].map((node) => nodeWrite(adapter, address, { node, ttl })),
  };
}

/** Returns what removes nodes that are past their time, where entries do not expire by themselves. */
export async function sweep(
  adapter: Adapter,
  address: Address,
  { head: { tree, isParent, swept = "" }, since }: Omit<Step, "ttl">,
): Promise<{ readonly deletes: DeleteWrite[]; readonly swept: string | undefined }> {
  const deletes: DeleteWrite[] = [];
  if (adapter.capabilities.expiry) return { deletes, swept: undefined };
  const prefix = treePrefix(address);
  const after = swept === "" ? headKey(address) : `${prefix}${swept}`;
  const limit = isParent ? mostSwept : mostRemoved;
  let count = 0;
  let last = "";
  for await (
    const entry of adapter.list(segmentType, { after, limit, onUnreadable: () => {} })
  ) {
    const { key } = entry;
    if (typeof key !== "string" || !key.startsWith(prefix)) break;
    count++;
    last = key.slice(prefix.length);
    if (isPast(entry, tree, since)) deletes.push({ type: segmentType, key, delete: true });
  }
  return { deletes, swept: count < limit ? undefined : last };
}

/** Returns whether a node is of no use any more. What is damaged stays: nobody knows what it held. */
function isPast(entry: Entry, tree: string, since: number): boolean {
  try {
    const node = nodeOf(entry, "");
    return node.tree !== tree || !node.isParent && withoutOld(node.lines, since) === "";
  } catch {
    return false;
  }
}

/** Reads a node that was full. What is damaged stays as it is. */
async function readFull(
  ...[adapter, address, place]: Parameters<typeof readNode>
): Promise<ReceiptNode | undefined> {
  try {
    return await readNode(adapter, address, place);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Reads the nodes below one, by their paths. */
async function readChildren(
  adapter: Adapter,
  address: Address,
  { tree, path }: { readonly tree: string; readonly path: string },
): Promise<Map<string, Target>> {
  const paths = new Map(Array.from({ length: fanOut }, (_, digit) => {
    return [nodeKey(address, `${path}${digit}`), `${path}${digit}`];
  }));
  const children = new Map<string, Target>();
  const damaged = (key: unknown) => children.set(paths.get(key as string) ?? "", "damaged");
  const [first] = paths.keys();
  const options = {
    // Before the digit and what ends a key.
    after: first!.slice(0, -3),
    limit: fanOut,
    onUnreadable: ({ key }: UnreadableEntryError) => void damaged(key),
  };
  for await (const entry of adapter.list(segmentType, options)) {
    const path = paths.get(entry.key as string);
    if (path === undefined) break;
    try {
      const child = nodeOf(entry, path);
      if (child.tree === tree) children.set(path, child);
    } catch {
      damaged(entry.key);
    }
  }
  return children;
}

/** Returns the lines of a node by the paths of the nodes below in which they belong. */
function partition({ lines, path }: ReceiptNode, head: ReceiptHead): Map<string, string> {
  const parts = new Map<string, string>();
  for (const line of linesOf(lines)) {
    const below = `${path}${digitsOf(head, idOf(line))[path.length]!}`;
    parts.set(below, `${parts.get(below) ?? ""}${line}`);
  }
  return parts;
}

function emptyNode(tree: string, path: string): ReceiptNode {
  return { path, tree, lines: "", isParent: false };
}

function isFull({ lines, path }: ReceiptNode): boolean {
  return lines.length >= fullNode && path.length < maxDepth;
}

function received(
  node: ReceiptNode,
  { lines: more, since }: { readonly lines: string; readonly since: number },
): ReceiptNode {
  const lines = withoutOld(node.lines, since) + more;
  return { ...node, lines: lines.length < fullNode ? lines : withFewOfEach(lines) };
}

/** Drops all but the first lines of each id: the first is that of the event which the id belongs to. */
function withFewOfEach(lines: string): string {
  const counts = new Map<string, number>();
  let kept = "";
  for (const line of linesOf(lines)) {
    const id = idOf(line);
    const count = (counts.get(id) ?? 0) + 1;
    counts.set(id, count);
    if (count <= mostOfOneId) kept += line;
  }
  return kept;
}
