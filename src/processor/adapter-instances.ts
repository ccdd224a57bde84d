import type { Adapter, PutWrite, Version, Write } from "../persistence/adapter/adapter.ts";
import { trusting } from "../persistence/adapter/value.ts";
import type { Clock } from "../shared/clock.ts";
import type { Address } from "./address.ts";
import { creationOf, nextEpoch, unstoredEpoch } from "./epoch.ts";
import { goneError } from "./errors.ts";
import { findFar, spill } from "./far-receipts.ts";
import { logAfter } from "./history.ts";
import { findGone, goneAddress, goneRemoval, goneWrite } from "./gone.ts";
import { findHandler } from "./handlers.ts";
import type { InstanceChange, InstanceDeletion, InstanceRead, Instances } from "./instances.ts";
import { readMetadata, roomForLog, roomForReceipts, writeMetadata } from "./metadata.ts";
import { cutLines, findLine, lineOf, type Overflow } from "./near-receipts.ts";
import type { SourceMemory } from "./process-memory.ts";
import { type AppliedEvent, isOf } from "./receipts.ts";
import { type QueueChanges, QueueWrites } from "./send/queue-writes.ts";
import { currentInstance, schemaOf, type StateVersions } from "./state-version.ts";
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
  readonly versions: StateVersions;
  /** Holds what was written last. */
  readonly memory: SourceMemory;
  /** Receives what is wrong with what is stored beside an instance, where its event goes on. */
  readonly report: (error: unknown, address: Address) => void;
}

/** An instance of a commit: what it changes, or the state as it was, beside which a receipt is written. */
type Row = Omit<InstanceChange, "operations"> & Partial<Pick<InstanceChange, "operations">>;

const noQueue: QueueChanges = { sends: [], received: [] };

/** Keeps instances as entries of an adapter, each with metadata beside the state. */
export function adapterInstances(
  adapter: Adapter,
  { calls, clock, receiptTtl, history, memory, versions, report }: AdapterInstancesOptions,
): Instances {
  const { conditional: comparing, maxMetadataBytes, editable = false } = adapter.capabilities;
  const conditional = comparing !== "none";
  const remembers = conditional && !editable;
  const { written, turnKey } = memory;
  const receiptRoom = roomForReceipts(maxMetadataBytes);

  /** Returns what becomes of the receipts of an instance. */
  function receiptsAfter(
    { before, gone, rev }: Pick<Row, "before" | "gone" | "rev">,
    applied: AppliedEvent | undefined,
  ): Overflow {
    const receipts = (before ?? gone)?.receipts ?? "";
    if (!applied) return { near: receipts, far: "", upto: 0 };
    const time = clock.now();
    const { event: { eventId }, receipt } = applied;
    const lines = receipts + lineOf({ eventId, ...receipt, time });
    return cutLines(lines, { room: receiptRoom, since: time - receiptTtl, rev });
  }

  /** Returns the highest revision of the receipts that are far, if any are. */
  function floorAfter(
    { before, gone }: Pick<Row, "before" | "gone">,
    { far, upto }: Overflow,
  ): number | undefined {
    const floor = (before ?? gone)?.floor;
    return conditional && far ? Math.max(floor ?? 0, upto) : floor;
  }

  function rowWrite(row: Row, receipts: Overflow, queue: QueueWrites): PutWrite {
    const { type, id, before, state, rev, epoch } = row;
    const { near } = receipts;
    const schema = schemaOf(findHandler(versions.handlers, type));
    const floor = floorAfter(row, receipts);
    const sent = queue.sentAfter(row, epoch, (before ?? row.gone)?.sent);
    const room = roomForLog(maxMetadataBytes, near);
    // Without comparing, nothing says which state a revision was.
    const log = history && conditional ? logAfter(row, room) : undefined;
    return {
      type,
      key: id,
      value: state,
      metadata: writeMetadata({ rev, epoch, schema, floor, sent, receipts: near, log }),
      ...(conditional && { ifVersion: before?.version ?? null }),
    };
  }

  /** Returns the row of an instance that an event has left as it was. */
  function unchanged(address: Address, before: StoredInstance): Row {
    const { state, isPlain = false, rev } = before;
    const { type, id } = address;
    const epoch = nextEpoch(before, comparing);
    return { type, id, before, gone: undefined, state, isPlain, rev, epoch, keyOf: undefined };
  }

  /** Returns what ends the trace of an earlier instance where there is one again, or makes sure that there is none. */
  function creation({ type, id, before, gone }: Row): Write[] {
    if (before) return [];
    if (gone) return [goneRemoval({ type, id }, conditional ? gone.version : undefined)];
    return conditional ? [{ ...goneAddress({ type, id }), check: true, ifVersion: null }] : [];
  }

  function deletion(row: InstanceDeletion, receipts: Overflow, queue: QueueWrites): Write[] {
    const { type, id, before, rev, epoch } = row;
    const floor = floorAfter({ before, gone: undefined }, receipts);
    const sent = queue.sentAfter(row, epoch, before.sent);
    const metadata = { rev, epoch, floor, sent, receipts: receipts.near };
    return [
      goneWrite(adapter, { type, id }, { metadata, ttl: receiptTtl }),
      { type, key: id, delete: true, ...(conditional && { ifVersion: before.version! }) },
    ];
  }

  /** Returns what keeps the receipt of an event whose own instance is not there, and was not when it began. */
  function absent(
    { type, id, gone }: InstanceRead,
    receipts: Overflow,
    queue: QueueWrites,
  ): Write {
    const { rev = 0, epoch = nextEpoch(undefined, comparing) } = gone ?? {};
    const sent = queue.sentAfter({ type, id }, epoch, gone?.sent);
    const floor = floorAfter({ before: undefined, gone }, receipts);
    return goneWrite(adapter, { type, id }, {
      metadata: { rev, epoch, floor, sent, receipts: receipts.near },
      ttl: receiptTtl,
      ifVersion: conditional ? gone?.version ?? null : undefined,
    });
  }

  /** Returns what keeps the receipts for which there is no room beside an instance of this revision. */
  async function far(
    { type, id, before, gone }: Pick<Row, "type" | "id" | "before" | "gone">,
    { far: lines }: Overflow,
    rev: number,
  ): Promise<Write[]> {
    if (!lines || !conditional) return [];
    const { floor = rev } = before ?? gone ?? {};
    const since = clock.now() - receiptTtl;
    const address = { type, id };
    const reported = (error: unknown) => report(error, address);
    const spilled = { lines, since, ttl: receiptTtl, floor, report: reported };
    return await calls.read(() => spill(adapter, address, spilled));
  }

  /** Keeps what a commit has written, which the next event of the instance may begin with. */
  function keep(row: Row, { metadata }: PutWrite, version: Version | null | undefined): void {
    const key = turnKey(row);
    if (typeof version !== "string") return written.delete(key);
    const { state, isPlain, before, operations = row.before ? [] : undefined } = row;
    const instance = { ...readMetadata(metadata, version), state, isPlain, version };
    written.set(key, instance, { before, operations });
  }

  return {
    conditional,
    written: (address) => remembers ? written.get(turnKey(address)) : undefined,
    async read(address) {
      const { type, id } = address;
      if (!conditional) await calls.released(address);
      const entry = await calls.read(() => adapter.get(type, id));
      return entry && currentInstance(address, storedInstance(address, entry), versions);
    },
    nextEpoch: (before) => nextEpoch(before, comparing),
    findGone: (address) => calls.read(() => findGone(adapter, address)),
    async commit({ changes, deletions, reads }, applied, { sends, received } = noQueue) {
      const isOwn = ({ type, id }: Address) =>
        applied !== undefined && type === applied.event.type && id === applied.event.id;
      const queue = new QueueWrites(sends, clock.now());
      const rows: Row[] = [...changes];
      const writes: Write[] = [];
      const puts: { readonly row: Row; readonly put: PutWrite; readonly index: number }[] = [];
      for (const read of reads) {
        const { type, id, before, gone } = read;
        const isApplied = isOwn(read);
        const isKept = isApplied || queue.has(read);
        if (before && isKept) {
          rows.push(unchanged({ type, id }, before));
          continue;
        }
        if (conditional) {
          writes.push({ type, key: id, check: true, ifVersion: before?.version ?? null });
        }
        if (!isKept) continue;
        const receipts = receiptsAfter(
          { before, gone, rev: gone?.rev ?? 0 },
          isApplied ? applied : undefined,
        );
        writes.push(absent(read, receipts, queue), ...await far(read, receipts, gone?.rev ?? 0));
      }
      for (const row of rows) {
        const receipts = receiptsAfter(row, isOwn(row) ? applied : undefined);
        const put = rowWrite(row, receipts, queue);
        if (remembers) puts.push({ row, put, index: writes.length });
        writes.push(put, ...creation(row));
        if (receipts.far) writes.push(...await far(row, receipts, row.rev));
      }
      for (const row of deletions) {
        const before = { before: row.before, gone: undefined, rev: row.rev };
        const receipts = receiptsAfter(before, isOwn(row) ? applied : undefined);
        writes.push(...deletion(row, receipts, queue));
        if (receipts.far) writes.push(...await far({ ...row, gone: undefined }, receipts, row.rev));
      }
      writes.push(...queue.writes, ...received);
      // A conditional write that lands late finds another version, and fails.
      if (!conditional) {
        await calls.writeAlone([...rows, ...deletions], () => adapter.commit(writes));
        return;
      }
      try {
        const plain = rows.flatMap(({ isPlain, state }) => isPlain ? [state] : []);
        const versions = await calls.write(() => trusting(plain, () => adapter.commit(writes)));
        for (const { row, put, index } of puts) keep(row, put, versions[index]);
        for (const row of deletions) written.delete(turnKey(row));
      } catch (error) {
        for (const row of [...changes, ...deletions, ...reads]) written.delete(turnKey(row));
        throw error;
      }
    },
    async findReceipt({ type, id, eventId, claim, made }, { before, gone }) {
      const since = clock.now() - receiptTtl;
      const { receipts, floor } = before ?? gone ?? { receipts: undefined, floor: undefined };
      const near = eventId && findLine(receipts, eventId, since);
      if (near && isOf(near, claim)) return near;
      const creation = made && creationOf(made.epoch);
      const isOther = creation !== undefined && creation !== unstoredEpoch &&
        creation !== (before && creationOf(before.epoch));
      // Every receipt of the event has at least the revision that the event was made at.
      const from = isOther || creation === unstoredEpoch ? 0 : made?.rev ?? 0;
      const isFar = isOther || floor !== undefined && floor >= from;
      if (eventId && conditional && isFar) {
        const address = { type, id };
        const sought = { eventId, claim, from, since };
        const receipt = await calls.read(() => findFar(adapter, address, sought));
        if (receipt && (!near || isOf(receipt, claim))) return receipt;
      }
      // Whoever lies about a revision may run an event of their own by an id that belongs to another, farther one.
      if (near) return near;
      if (isOther) throw goneError();
      return undefined;
    },
  };
}
