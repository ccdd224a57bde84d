import type { Adapter, Entry } from "../persistence/adapter/adapter.ts";
import { own } from "../shared/own.ts";
import type { Address } from "./address.ts";
import { nextEpoch } from "./epoch.ts";
import { logAfter } from "./history.ts";
import { isState } from "./is-state.ts";
import { readMetadata, roomForLog, writeMetadata } from "./metadata.ts";
import { nextState } from "./next-state.ts";
import type { Handler } from "./handlers.ts";
import { schemaOf, withVersion } from "./state-version.ts";
import type { StoredInstance } from "./stored-instance.ts";

/**
 * Writes the state of an instance whatever is stored, and goes on with the metadata beside it, which `persist` alone
 * would lose. A log goes on only where there is one: without it, no removed data are to linger.
 *
 * @throws {NascError} `newer-state` if what is stored is of a later version than the handler
 */
export async function persistEntry(
  adapter: Adapter,
  address: Address,
  { state, handler }: { readonly state: object; readonly handler: Handler },
): Promise<void> {
  const { type, id } = address;
  const entry = await adapter.get(type, id);
  const before = entry && withVersion(handler, instanceOf(own(entry)));
  const { conditional, maxMetadataBytes } = adapter.capabilities;
  const change = {
    ...address,
    ...nextState(state, before, undefined),
    before,
    gone: undefined,
    rev: (before?.rev ?? 0) + 1,
    epoch: nextEpoch(before, conditional),
    keyOf: undefined,
  };
  const { rev, epoch } = change;
  const { floor, receipts } = before ?? { floor: undefined, receipts: undefined };
  const room = roomForLog(maxMetadataBytes, receipts ?? "");
  const log = before?.log && logAfter(change, room);
  const schema = schemaOf(handler);
  const metadata = writeMetadata({ rev, epoch, schema, floor, receipts, log });
  await adapter.commit([{ type, key: id, value: change.state, metadata }]);
}

/** Returns the instance of an entry. What is damaged is about to be replaced. */
function instanceOf({ value, metadata, version }: Entry): StoredInstance {
  const state = isState(value) ? value : {};
  return { ...readMetadata(metadata, version), state, isPlain: undefined, version };
}
