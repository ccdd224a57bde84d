import type { Address, Message, Patch } from "../processor/mod.ts";
import { NascError } from "../processor/mod.ts";
import { parseAddress } from "../processor/parse-message.ts";
import { type InstanceNamespace, namespaceKind } from "../router/objects/namespace.ts";
import { ObjectHome } from "../router/objects/object-home.ts";
import { processInObject } from "../router/objects/object-processor.ts";
import type { SeenInstance } from "../router/seen-instance.ts";
import { checkOptions } from "../shared/check-options.ts";
import * as kind from "../shared/kinds.ts";

/** For whom something is done. */
export interface AskedBy {
  /** The sender or viewer: plain JSON. */
  readonly user?: unknown;
  /** Returns the name of a user, as the option of the router does, by which an `eventId` belongs to one. */
  readonly identify?: (user: unknown) => string | undefined;
}

const askedByKind: kind.Kind = kind.optionsOf<AskedBy>({
  user: kind.anything,
  identify: kind.callback,
});

const addressKind: kind.Kind = { ...kind.record, cure: "{ type, id }", isRequired: true };

/**
 * Sends a message to the object of its instance from inside the server, such as from a webhook or a cron, and returns
 * what its sender is to see: patches, or one frame if the message says `protocol: 2`. It never rejects for what the
 * message leads to: what went wrong is an `error` patch. `authorize` is not asked, and internal events may be sent.
 *
 * @throws {TypeError} if an argument is not what it should be
 *
 * @example What a cron calls to close a list
 * ```ts
 * import { type InstanceNamespace, sendTo } from "rian/edge";
 *
 * export async function closeToday(env: { NASC: InstanceNamespace }): Promise<void> {
 *   await sendTo(env.NASC, { type: "TodoList", instance: "today", event: "close" });
 * }
 * ```
 */
export async function sendTo(
  namespace: InstanceNamespace,
  message: Omit<Message, "type"> & Partial<Pick<Message, "type">>,
  by: AskedBy = {},
): Promise<readonly Patch[]> {
  const { by: { user, identify } } = check("send to an object", { namespace, by });
  return await processInObject(() => homeOf(namespace, identify), message, { context: { user } });
}

/**
 * Reads an instance from its object as somebody may see it, such as for a page that the server paints. Where there is
 * none, it returns the first state that it would have, and creates nothing; `undefined` where nothing is to be seen.
 *
 * @throws {NascError} if there is no such type, or it cannot be read now
 * @throws {TypeError} if an argument is not what it should be
 *
 * @example The title of a list
 * ```ts
 * import { type InstanceNamespace, readFrom } from "rian/edge";
 *
 * export async function titleOf(env: { NASC: InstanceNamespace }, id: string, user: string) {
 *   const seen = await readFrom(env.NASC, { type: "TodoList", id }, { user });
 *   return seen && (seen.state as { title: string }).title;
 * }
 * ```
 */
export async function readFrom(
  namespace: InstanceNamespace,
  address: Address,
  by: AskedBy = {},
): Promise<SeenInstance | undefined> {
  checkOptions("read from an object", { address }, { address: addressKind });
  const { by: { user, identify } } = check("read from an object", { namespace, by });
  const { type, id } = address;
  const outcome = await homeOf(namespace, identify).read(parseAddress(type, id), {
    user,
    mayCreate: () => new NascError("forbidden", "Reading creates nothing"),
  });
  if (outcome.ok) return outcome.seen;
  throw outcome.cause;
}

function homeOf(namespace: InstanceNamespace, identify: AskedBy["identify"]): ObjectHome {
  // The object knows its handlers, and who asks may do everything.
  return new ObjectHome(namespace, { handlers: {}, identify, mayCreateAll: false });
}

function check<Given extends { readonly namespace: unknown; readonly by: AskedBy }>(
  action: string,
  given: Given,
): { readonly by: AskedBy } {
  return checkOptions<{ readonly namespace: unknown; readonly by: AskedBy }>(action, given, {
    namespace: namespaceKind,
    by: askedByKind,
  });
}
