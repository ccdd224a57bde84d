/**
 * What is left of an instance that an event has deleted: an entry with its receipts, so that no event that is sent again
 * brings it back. It lives for as long as receipts do, and goes when the instance is created anew, which takes over the
 * receipts.
 *
 * @module
 */
import type { Adapter, DeleteWrite, PutWrite, Version } from "../persistence/adapter/adapter.ts";
import { own } from "../shared/own.ts";
import { type Address, addressKey } from "./address.ts";
import { type Metadata, readMetadata, writeMetadata } from "./metadata.ts";
import { entryTtl } from "./receipts.ts";
import { goneType } from "./side-types.ts";

/** An instance that was deleted. */
export interface Gone extends Metadata {
  /** What a conditional write compares with. */
  readonly version: Version;
}

/** Returns what is left of an instance, if an event has deleted it. */
export async function findGone(adapter: Adapter, address: Address): Promise<Gone | undefined> {
  const entry = await adapter.get(goneType, addressKey(address));
  if (!entry) return undefined;
  const { value, version } = own(entry);
  return { ...readMetadata(value, version), version };
}

/**
 * Returns the write that keeps what is left of an instance. Beside a deletion, that is what compares; where there was no
 * instance to delete, `ifVersion` does.
 */
export function goneWrite(
  { capabilities: { expiry } }: Adapter,
  address: Address,
  { metadata, ttl, ifVersion }: {
    readonly metadata: Metadata;
    readonly ttl: number;
    readonly ifVersion?: Version | null | undefined;
  },
): PutWrite {
  return {
    type: goneType,
    key: addressKey(address),
    value: writeMetadata({ ...metadata, log: undefined }),
    ...(expiry && { ttl: entryTtl(ttl) }),
    ...(ifVersion !== undefined && { ifVersion }),
  };
}

/** Returns the write that ends it, since the instance is there again. */
export function goneRemoval(address: Address, ifVersion: Version | undefined): DeleteWrite {
  const key = addressKey(address);
  return { type: goneType, key, delete: true, ...(ifVersion !== undefined && { ifVersion }) };
}

/** The address of the entry, for a check that there is none. */
export function goneAddress(address: Address): { readonly type: string; readonly key: string } {
  return { type: goneType, key: addressKey(address) };
}
