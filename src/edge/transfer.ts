import { ConflictError } from "../persistence/adapter/errors.ts";
import { type Address, addressKey } from "../processor/address.ts";
import type { Imported, ImportOptions } from "../processor/transfer/import-instances.ts";
import { importedAs } from "../processor/transfer/imported.ts";
import { parseLine } from "../processor/transfer/instance-line.ts";
import { addressesKind, linesKind } from "../processor/transfer/kinds.ts";
import { failedOf, ObjectCalls } from "../router/objects/calls.ts";
import {
  type InstanceNamespace,
  namespaceKind,
  type ObjectResponse,
} from "../router/objects/namespace.ts";
import { type Call, type ImportCall, ownCall, status } from "../router/objects/wire.ts";
import { checkOptions } from "../shared/check-options.ts";
import { systemClock } from "../shared/clock.ts";

/** How many lines one request to an object holds at most, and how many characters before the last of them. */
const mostLines = 1_000;
const mostCharacters = 8_000_000;

/** What is imported of one instance. */
interface Owned {
  readonly address: Address;
  /** Whether it is a message that the instance has sent. */
  readonly isSent: boolean;
}

/** Lines of one instance. */
interface Group {
  readonly address: Address;
  readonly lines: string[];
}

/**
 * Writes the instances that `exportInstances` has read from another store into their objects, each as it was: with its
 * revision, and with the ids of the events that were applied to it. Each instance is a request, of which a Worker may
 * make a limited number: with `existing: "keep"`, an import that was interrupted goes on.
 *
 * @throws {ConflictError} if an instance is there already, and `existing` does not say what to do
 * @throws {TypeError} if a line is damaged, or an argument is not what it should be
 *
 * @example Move from D1 to objects
 * ```ts
 * import { type D1Binding, D1Store } from "rian/cloudflare-d1";
 * import { importTo, type InstanceNamespace } from "rian/edge";
 * import { exportInstances } from "rian/hono";
 *
 * export async function move(env: { DB: D1Binding; NASC: InstanceNamespace }) {
 *   const lines = exportInstances(new D1Store(env.DB), { types: ["TodoList"] });
 *   return await importTo(env.NASC, lines, { existing: "keep" });
 * }
 * ```
 */
export async function importTo(
  namespace: InstanceNamespace,
  lines: AsyncIterable<string> | Iterable<string>,
  options: ImportOptions = {},
): Promise<Imported> {
  checkOptions("import instances", { lines }, { lines: linesKind });
  const calls = callsOf("import instances", namespace);
  let [imported, kept] = [0, 0];
  const write = async ({ address, lines: group }: Group, more: Partial<ImportCall> = {}) => {
    const call = { ...ownCall(address), lines: group, options, ...more };
    const response = await calls.ask<ImportCall>("import", call, { isRepeatable: false });
    if (response.status === status.conflict) {
      throw new ConflictError("the object", address.type, address.id);
    }
    const done: Imported = JSON.parse(await textOf(response));
    imported += done.imported;
    kept += done.kept;
  };
  // Whoever has them delivers them, and their receivers have to be there by then.
  const sent: string[] = [];
  for await (const group of groups(lines, { sent })) await write(group);
  for await (const group of groups(sent)) await write(group, { isSent: true });
  return { imported, kept };
}

/**
 * Reads instances from their objects, and yields each as `exportInstances` does. Nobody can list objects, so their
 * addresses have to be known, such as from an index that the app keeps.
 *
 * @throws {TypeError} if an argument is not what it should be
 *
 * @example Move from objects to D1
 * ```ts
 * import { type D1Binding, D1Store } from "rian/cloudflare-d1";
 * import { exportFrom, type InstanceNamespace } from "rian/edge";
 * import { importInstances } from "rian/hono";
 *
 * export async function move(env: { DB: D1Binding; NASC: InstanceNamespace }, ids: string[]) {
 *   const lines = exportFrom(env.NASC, ids.map((id) => ({ type: "TodoList", id })));
 *   return await importInstances(new D1Store(env.DB), lines);
 * }
 * ```
 */
export async function* exportFrom(
  namespace: InstanceNamespace,
  addresses: AsyncIterable<Address> | Iterable<Address>,
): AsyncGenerator<string> {
  checkOptions("export instances", { addresses }, { addresses: addressesKind });
  const calls = callsOf("export instances", namespace);
  for await (const { type, id } of addresses) {
    const call = ownCall({ type, id });
    const text = await textOf(await calls.ask<Call>("export", call, { isRepeatable: true }));
    if (text !== "") yield* text.split("\n");
  }
}

function callsOf(action: string, namespace: InstanceNamespace): ObjectCalls {
  checkOptions(action, { namespace }, { namespace: namespaceKind });
  return new ObjectCalls(namespace, { clock: systemClock, random: Math.random });
}

async function textOf(response: ObjectResponse): Promise<string> {
  if (response.status === status.ok) return await response.text();
  throw (await failedOf(response)).cause;
}

/** Yields the lines of each instance together, as far as they follow each other, but for those of messages, if asked so. */
async function* groups(
  lines: AsyncIterable<string> | Iterable<string>,
  { sent }: { readonly sent?: string[] } = {},
): AsyncGenerator<Group> {
  let group: Group | undefined;
  let characters = 0;
  let number = 0;
  for await (const line of lines) {
    number++;
    if (line === "") continue;
    const { address, isSent } = ownerOf(line, number);
    if (isSent && sent) {
      sent.push(line);
      continue;
    }
    const isFull = characters > mostCharacters || group?.lines.length === mostLines;
    if (group && (isFull || addressKey(group.address) !== addressKey(address))) {
      yield group;
      group = undefined;
    }
    if (!group) [group, characters] = [{ address, lines: [] }, 0];
    group.lines.push(line);
    characters += line.length;
  }
  if (group) yield group;
}

/** Returns the instance that a line belongs to: its own, what is kept of one, or what it has sent. */
function ownerOf(line: string, number: number): Owned {
  try {
    const part = importedAs(parseLine(line));
    const isSent = part.kind === "message";
    return { address: isSent ? part.sender : part.address, isSent };
  } catch (cause) {
    const problem = (cause as Error).message;
    throw new TypeError(`Cannot import instances: line ${number} is damaged: ${problem}`, {
      cause,
    });
  }
}
