import { type Contender, type Doc, docOf, type Opened } from "./contender.ts";
import type { Storage, Written } from "./storage.ts";

/** The measurements of one contender. */
export interface Measured {
  /** Milliseconds to read all documents and be ready. */
  readonly hydrate: number;
  /** Nanoseconds that following adds to one write in memory. */
  readonly added: number;
  /** Milliseconds from the first write in memory until everything is stored. */
  readonly flushed: number;
  /** Entries that storage received to write. */
  readonly entries: number;
  /** Bytes that storage received to write. */
  readonly bytes: number;
  /** Entries that storage received to write when one document of the many changed. */
  readonly entriesOfOne: number;
  /** Bytes that storage received to write when one document of the many changed. */
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
  /** How often it writes beside a memory alone, and after how many milliseconds not again. */
  readonly memoryRounds: number;
  readonly memoryTime: number;
}

/** How many writes one loop makes, which ends as an application's does; an endless one is compiled in another way. */
const loopLength = 1_000;

/** Measures all contenders in turn, round by round, each in places of its own. */
export async function measure<Place>(
  storage: Storage<Place>,
  contenders: readonly Contender<Place>[],
  effort: Effort,
): Promise<Map<string, Measured>> {
  const { size, keys, rounds, writingRounds } = effort;
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
      written.push(await followed(storage, contender, small, effort, round));
    }
  }
  const added = new Map<string, number>();
  for (const { contender, small } of turns) {
    added.set(contender.name, await addedToWrite(contender, small, effort));
  }
  for (const { large, small } of turns) [large, small].forEach((place) => storage.remove(place));
  return new Map(turns.map(({ contender: { name }, read, one, written }) => {
    // On a machine that others use too, the least disturbed round says most.
    const least = (part: keyof Followed) => Math.min(...written.map((each) => each[part]));
    return [name, {
      hydrate: Math.min(...read),
      added: added.get(name)!,
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
  readonly written: Followed[];
}

type Followed = Pick<Measured, "flushed" | "entries" | "bytes">;

async function fill<Place>(contender: Contender<Place>, place: Place, size: number): Promise<void> {
  const opened = await contender.open(place);
  opened.fill(Array.from({ length: size }, (_, id) => docOf(id)));
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
  if (opened.count() !== size || opened.at(size - 1) !== docOf(size - 1).at) {
    throw new Error(`${contender.name} has lost documents`);
  }
  await opened.close();
  return taken;
}

/** Returns what storage receives to write when one document of the many changes. */
async function writtenAmongMany<Place>(
  storage: Storage<Place>,
  { contender, large }: Turn<Place>,
): Promise<Written> {
  const opened = await contender.open(large);
  storage.settle(large);
  const before = storage.written(large);
  opened.put(docOf(0, 1));
  await opened.flush();
  const { entries, bytes } = storage.written(large);
  await opened.close();
  return { entries: entries - before.entries, bytes: bytes - before.bytes };
}

/** Returns how many nanoseconds longer a write in memory takes when it is stored. */
async function addedToWrite<Place>(
  contender: Contender<Place>,
  place: Place,
  effort: Effort,
): Promise<number> {
  const { keys, writes, memoryRounds, memoryTime } = effort;
  const alone = await contender.open(undefined);
  alone.fill(Array.from({ length: keys }, (_, id) => docOf(id)));
  const stored = await contender.open(place);
  const start = performance.now();
  let [leastAlone, leastStored] = [Infinity, Infinity];
  for (let round = 1; round <= memoryRounds; round++) {
    leastAlone = Math.min(leastAlone, writeAll(alone, effort, round));
    leastStored = Math.min(leastStored, writeAll(stored, effort, round));
    await stored.flush();
    if (performance.now() - start > memoryTime) break;
  }
  await alone.close();
  await stored.close();
  return (leastStored - leastAlone) / writes * 1e6;
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
  writeAll(opened, effort, round);
  await opened.flush();
  const flushed = performance.now() - start;
  const after = storage.written(place);
  await opened.close();
  const again = await contender.open(place);
  for (const { id, at } of lastDocs(effort, round)) {
    if (again.at(id) !== at) throw new Error(`${contender.name} has lost a write of ${id}`);
  }
  await again.close();
  return {
    flushed,
    entries: after.entries - before.entries,
    bytes: after.bytes - before.bytes,
  };
}

/** Writes to memory; returns milliseconds. */
function writeAll(opened: Opened, effort: Effort, round: number): number {
  const docs = Array.from(
    { length: effort.writes },
    (_, write) => docOfWrite(write, effort, round),
  );
  const start = performance.now();
  for (let from = 0; from < docs.length; from += loopLength) {
    putAll(opened, docs.slice(from, from + loopLength));
  }
  return performance.now() - start;
}

function putAll(opened: Opened, docs: readonly Doc[]): void {
  for (const doc of docs) opened.put(doc);
}

function lastDocs(effort: Effort, round: number): Doc[] {
  const { writes, keys } = effort;
  return Array.from({ length: keys }, (_, n) => docOfWrite(writes - keys + n, effort, round));
}

function docOfWrite(write: number, { writes, keys }: Effort, round: number): Doc {
  return docOf(write % keys, round * writes + write);
}
