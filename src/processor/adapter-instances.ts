import type { Adapter, Write } from "../persistence/adapter/adapter.ts";
import type { Clock } from "../shared/clock.ts";
import type { Address } from "./address.ts";
import { creationOf, nextEpoch, unstoredEpoch } from "./epoch.ts";
import { NascError } from "./errors.ts";
import { findFar, removals, segmentWrite } from "./far-receipts.ts";
import { logAfter } from "./history.ts";
import type { InstanceChange, Instances } from "./instances.ts";
import { jsonBytes, roomForLog, roomForReceipts, writeMetadata } from "./metadata.ts";
import { cutLines, findLine, lineOf, type Overflow } from "./near-receipts.ts";
import type { AppliedEvent } from "./receipts.ts";
import type { StoreCalls } from "./store-calls.ts";
import { type StoredInstance, storedInstance } from "./stored-instance.ts";

/** Options of {@link adapterInstances}. */
export interface AdapterInstancesOptions {
  readonly calls: StoreCalls;
  readonly clock: Pick<Clock, "now">;
  /** In milliseconds. */
  readonly receiptTtl: number;
  /** Whether the way back to earlier states is kept. */
  readonly history: boolean;
}

/** An instance of a commit: what it changes, or the state as it was, beside which a receipt is written. */
type Row = Omit<InstanceChange, "operations">;

/** Keeps instances as entries of an adapter, each with metadata beside the state. */
export function adapterInstances(
  adapter: Adapter,
  { calls, clock, receiptTtl, history }: AdapterInstancesOptions,
): Instances {
  const { conditional: comparing, maxMetadataBytes } = adapter.capabilities;
  const conditional = comparing !== "none";
  const receiptRoom = roomForReceipts(maxMetadataBytes);

  /** Returns what becomes of the receipts of an instance. */
  function receiptsAfter({ before, rev }: Row, applied: AppliedEvent | undefined): Overflow {
    const receipts = before?.receipts ?? "";
    if (!applied) return { near: receipts, far: "", upto: 0 };
    const time = clock.now();
    const { event: { eventId }, receipt } = applied;
    const lines = receipts + lineOf({ eventId, ...receipt, time });
    return cutLines(lines, { room: receiptRoom, since: time - receiptTtl, rev });
  }

  function rowWrite(row: Row, { near, far, upto }: Overflow): Write {
    const { type, id, before, state, rev, epoch } = row;
    const floor = conditional && far ? Math.max(before?.floor ?? 0, upto) : before?.floor;
    const room = roomForLog(maxMetadataBytes - jsonBytes(near));
    // Without comparing, nothing says which state a revision was.
    const log = history && conditional ? logAfter(row, room) : undefined;
    return {
      type,
      key: id,
      value: state,
      metadata: writeMetadata({ rev, epoch, floor, receipts: near, log }),
      ...(conditional && { ifVersion: before?.version ?? null }),
    };
  }

  /** Returns the row of an instance that an event has left as it was. */
  function unchanged(address: Address, before: StoredInstance): Row {
    const { state, isPlain = false, rev } = before;
    const { type, id } = address;
    const epoch = nextEpoch(before, comparing);
    return { type, id, before, state, isPlain, rev, epoch, keyOf: undefined };
  }

  async function far(address: Address, lines: string, upto: number): Promise<Write[]> {
    if (!lines || !conditional) return [];
    return [
      segmentWrite(adapter, address, { lines, upto, ttl: receiptTtl }),
      ...await calls.read(() => removals(adapter, address, clock.now() - receiptTtl)),
    ];
  }

  return {
    conditional,
    async read(address) {
      const { type, id } = address;
      if (!conditional) await calls.released(address);
      const entry = await calls.read(() => adapter.get(type, id));
      return entry && storedInstance(address, entry);
    },
    nextEpoch: (before) => nextEpoch(before, comparing),
    async commit(changes, applied, before) {
      const isOwn = ({ type, id }: Address) =>
        applied !== undefined && type === applied.event.type && id === applied.event.id;
      const rows: Row[] = [...changes];
      if (applied && before && !rows.some(isOwn)) rows.push(unchanged(applied.event, before));
      const writes: Write[] = [];
      for (const row of rows) {
        const receipts = receiptsAfter(row, isOwn(row) ? applied : undefined);
        writes.push(rowWrite(row, receipts));
        if (receipts.far) writes.push(...await far(row, receipts.far, receipts.upto));
      }
      // A conditional write that lands late finds another version, and fails.
      if (conditional) await calls.write(() => adapter.commit(writes));
      else await calls.writeAlone(rows, () => adapter.commit(writes));
    },
    async findReceipt({ type, id, eventId, made }, before) {
      const since = clock.now() - receiptTtl;
      const near = eventId && findLine(before?.receipts, eventId, since);
      if (near) return near;
      const creation = made && creationOf(made.epoch);
      const isOther = creation !== undefined && creation !== unstoredEpoch &&
        creation !== (before && creationOf(before.epoch));
      // Every receipt of the event has at least the revision that the event was made at.
      const from = isOther || creation === unstoredEpoch ? 0 : made?.rev ?? 0;
      const isFar = isOther || before?.floor !== undefined && before.floor >= from;
      if (eventId && conditional && isFar) {
        const address = { type, id };
        const sought = { eventId, from, since };
        const receipt = await calls.read(() => findFar(adapter, address, sought));
        if (receipt) return receipt;
      }
      if (isOther) throw new NascError("gone", "This was deleted; nothing was changed");
      return undefined;
    },
  };
}
