import { UnreadableEntryError } from "../../persistence/adapter/errors.ts";
import { describe } from "../../shared/describe.ts";
import type { Address } from "../address.ts";
import { isState } from "../is-state.ts";
import { isName } from "../message.ts";
import { nodeOf } from "../receipt-node.ts";
import { storedMessage } from "../send/queued-message.ts";
import { deadType, delayedType, goneType, outboxType, segmentType } from "../side-types.ts";
import { readState } from "../stored-instance.ts";
import type { Transferred } from "./instance-line.ts";

/** What an entry that travels is: an instance, what is left of one that was deleted, receipts, or what one has sent. */
export type Imported =
  | { readonly kind: "instance" | "gone"; readonly address: Address; readonly entry: Transferred }
  | { readonly kind: "receipts"; readonly address: Address; readonly lines: string }
  | { readonly kind: "message"; readonly sender: Address; readonly entry: Transferred };

/**
 * Returns what an entry is.
 *
 * @throws {TypeError} if it belongs to no instance
 * @throws {UnreadableEntryError} if it holds what no entry of its kind does
 */
export function importedAs(entry: Transferred): Imported {
  const { type, key, value } = entry;
  switch (type) {
    case segmentType: {
      const { lines } = nodeOf({ key, value, version: "" }, "");
      return { kind: "receipts", address: ownerOf(entry), lines };
    }
    case goneType: {
      if (isState(value)) return { kind: "gone", address: ownerOf(entry), entry };
      const problem = `it holds ${describe(value)}, which is no trace of an instance`;
      throw new UnreadableEntryError({ type, key }, problem);
    }
    case outboxType:
    case delayedType:
    case deadType: {
      const { sender } = storedMessage(type, { key, value, version: "" }).message;
      return { kind: "message", sender: addressOf(sender.type, sender.id), entry };
    }
    default: {
      const address = addressOf(type, key);
      readState(address, value);
      return { kind: "instance", address, entry };
    }
  }
}

/** Returns the instance that an entry beside it belongs to. */
function ownerOf({ key }: Transferred): Address {
  let names: unknown;
  try {
    names = JSON.parse(key);
  } catch {
    names = undefined;
  }
  const [type, id]: readonly unknown[] = Array.isArray(names) ? names : [];
  return addressOf(type, id);
}

function addressOf(type: unknown, id: unknown): Address {
  const areNames = typeof type === "string" && isName(type) && typeof id === "string";
  // No handler's type starts with an underscore.
  if (areNames && !type.startsWith("_")) return { type, id };
  throw new TypeError("it names no instance; use a line that exportInstances wrote");
}
