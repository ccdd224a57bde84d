import { type Contender, type Opened, type Row, rowOf } from "./contender.ts";
import type { Storage, Written } from "./storage.ts";

/** What was measured of one contender. */
export interface Measured {
  /** Milliseconds to read all documents and be ready. */
  readonly hydrate: number;
  /** Nanoseconds that following adds to one write in memory. */
  readonly added: number;
  /** Milliseconds from the first write in memory until everything is stored. */
  readonly flushed: number;
  /** Entries that storage was told to write. */
  readonly entries: number;
  /** Bytes that storage was told to write. */
  readonly bytes: number;
  /** Entries that storage was told to write when one document of the many changed. */
  readonly entriesOfOne: number;
  /** Bytes that storage was told to write when one document of the many changed. */
  readonly bytesOfOne: number;
}

/** How much is written. */
export interface Effort {
  /** Documents to read. */
  readonly size: number;
  /** Writes, over how many of them. */
  readonly writes: number;
  readonly keys: number;
  /** How often each contender has its turn to read, and to write. */
  readonly rounds: number;
  readonly writingRounds: number;
}

/** Measures all contenders in turn, round by round, each in places of its own. */
export async function measure<Place>(
  storage: Storage<Place>,
  contenders: readonly Contender<Place>[],
  effort: Effort,
): Promise<Map<string, Measured>> {
  const { size, keys, rounds, writingRounds, writes } = effort;
  const turns: Turn<Place>[] = [];
  for (const contender of contenders) {
    const [large, small] = [await storage.create(), await storage.create()];
    await fill(contender, large, size);
    await fill(contender, small, keys);
    turns.push({ contender, large, small, read: [], one: { entries: 0, bytes: 0 }, written: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { contender, large, read } of turns) {
      read.push(await hydrated(contender, large, size));
    }
  }
  for (const turn of turns) turn.one = await writtenAmongMany(storage, turn);
  for (let round = 1; round <= writingRounds; round++) {
    for (const { contender, small, written } of turns) {
      const alone = await writtenAlone(contender, effort, round);
      written.push({ alone, ...await followed(storage, contender, small, effort, round) });
    }
  }
  for (const { large, small } of turns) [large, small].forEach((place) => storage.remove(place));
  return new Map(turns.map(({ contender: { name }, read, one, written }) => {
    // The least disturbed round says most on a machine that others use too.
    const least = (part: keyof WritingRound) => Math.min(...written.map((each) => each[part]));
    return [name, {
      hydrate: Math.min(...read),
      added: (least("inMemory") - least("alone")) / writes * 1e6,
      flushed: least("flushed"),
      entries: least("entries"),
      bytes: least("bytes"),
      entriesOfOne: one.entries,
      bytesOfOne: one.bytes,
    }];
  }));
}

/** A contender, its places, and what was measured of it so far. */
interface Turn<Place> {
  readonly contender: Contender<Place>;
  readonly large: Place;
  readonly small: Place;
  readonly read: number[];
  one: Written;
  readonly written: WritingRound[];
}

interface Followed extends Pick<Measured, "flushed" | "entries" | "bytes"> {
  /** Milliseconds that the writes took in memory. */
  readonly inMemory: number;
}

interface WritingRound extends Followed {
  /** The same where nothing is stored. */
  readonly alone: number;
}

async function fill<Place>(contender: Contender<Place>, place: Place, size: number): Promise<void> {
  const opened = await contender.open(place);
  opened.fill(Array.from({ length: size }, (_, id) => rowOf(id)));
  await opened.flush();
  await opened.close();
}

async function hydrated<Place>(
  contender: Contender<Place>,
  place: Place,
  size: number,
): Promise<number> {
  const start = performance.now();
  const opened = await contender.open(place);
  const taken = performance.now() - start;
  if (opened.count() !== size || opened.at(size - 1) !== rowOf(size - 1).at) {
    throw new Error(`${contender.name} has lost documents`);
  }
  await opened.close();
  return taken;
}

/** What storage is told to write when one document of the many changes. */
async function writtenAmongMany<Place>(
  storage: Storage<Place>,
  { contender, large }: Turn<Place>,
): Promise<Written> {
  const opened = await contender.open(large);
  storage.settle(large);
  const before = storage.written(large);
  opened.put(rowOf(0, 1));
  await opened.flush();
  const { entries, bytes } = storage.written(large);
  await opened.close();
  return { entries: entries - before.entries, bytes: bytes - before.bytes };
}

/** What the writes take where nothing is stored. */
async function writtenAlone<Place>(
  contender: Contender<Place>,
  effort: Effort,
  round: number,
): Promise<number> {
  const opened = await contender.open(undefined);
  opened.fill(Array.from({ length: effort.keys }, (_, id) => rowOf(id)));
  const taken = writeAll(opened, effort, round);
  await opened.close();
  return taken;
}

async function followed<Place>(
  storage: Storage<Place>,
  contender: Contender<Place>,
  place: Place,
  effort: Effort,
  round: number,
): Promise<Followed> {
  const opened = await contender.open(place);
  storage.settle(place);
  const before = storage.written(place);
  const start = performance.now();
  const inMemory = writeAll(opened, effort, round);
  await opened.flush();
  const flushed = performance.now() - start;
  const after = storage.written(place);
  await opened.close();
  const again = await contender.open(place);
  for (const { id, at } of lastRows(effort, round)) {
    if (again.at(id) !== at) throw new Error(`${contender.name} has lost a write of ${id}`);
  }
  await again.close();
  return {
    inMemory,
    flushed,
    entries: after.entries - before.entries,
    bytes: after.bytes - before.bytes,
  };
}

/** Writes to memory; returns milliseconds. */
function writeAll(opened: Opened, effort: Effort, round: number): number {
  const rows = Array.from(
    { length: effort.writes },
    (_, write) => rowOfWrite(write, effort, round),
  );
  const start = performance.now();
  for (const row of rows) opened.put(row);
  return performance.now() - start;
}

function lastRows(effort: Effort, round: number): Row[] {
  const { writes, keys } = effort;
  return Array.from({ length: keys }, (_, n) => rowOfWrite(writes - keys + n, effort, round));
}

function rowOfWrite(write: number, { writes, keys }: Effort, round: number): Row {
  return rowOf(write % keys, round * writes + write);
}
