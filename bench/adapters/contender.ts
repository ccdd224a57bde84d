import { isPromise, type MaybePromise } from "../../src/persistence/adapter/maybe-promise.ts";
import { type Document, documentOf, idOf } from "./documents.ts";

/** What is measured, in the order of the table. */
export const operations = ["get", "put", "cycle", "load", "list"] as const;

/** One of {@link operations}. */
export type Operation = typeof operations[number];

/** How many documents an operation on many has, unless told otherwise. */
export const bulkSize = 10_000;

/** Whether an operation is one on many documents. */
export function isBulk(operation: Operation): boolean {
  return operation === "load" || operation === "list";
}

/** How many documents `get`, `put` and `cycle` go round. */
const spread = 1_000;

/** One way to keep documents, such as an adapter, or statements that were written by hand. */
export interface Backend {
  /** Reads a document. */
  get(id: string): MaybePromise<Document>;
  /** Stores a document, whatever was there. */
  put(id: string, document: Document): MaybePromise<unknown>;
  /** Reads a document, changes it, and writes it if nobody has written it since; missing where it cannot. */
  cycle?(id: string): MaybePromise<unknown>;
  /** Stores many documents at once, where none is. */
  load(documents: readonly Document[]): MaybePromise<unknown>;
  /** Reads all documents, and returns how many there are. */
  list(): MaybePromise<number>;
  /** Removes all documents. */
  clear(): MaybePromise<unknown>;
}

/** A backend with a name, here or in another process. */
export interface Contender {
  readonly name: string;
  /**
   * Does an operation so many times, or on so many documents, and returns something of its results, or `undefined` if
   * it cannot.
   */
  run(operation: Operation, times: number): Promise<number | undefined>;
  /** Leaves as many documents behind, outside of what is measured. */
  fill(size: number): Promise<void>;
}

/** A backend of this process as a contender. */
export function contender(name: string, backend: Backend): Contender {
  return {
    name,
    run: (operation, times) => run(backend, operation, times),
    async fill(size) {
      await backend.clear();
      if (size > 0) await backend.load(documents(size));
    },
  };
}

async function run(
  backend: Backend,
  operation: Operation,
  times: number,
): Promise<number | undefined> {
  if (operation === "list") return await backend.list();
  if (operation === "cycle" && !backend.cycle) return undefined;
  if (operation === "load") {
    await backend.load(documents(times));
    return times;
  }
  let sum = 0;
  for (let i = 0; i < times; i++) {
    const result = step(backend, operation, (i * 7) % spread);
    // What is there at once costs no turn of the event loop. Some peers have promises of their own.
    const done = isPromise(result) ? await result : result;
    sum += operation === "get" ? (done as Document).count + 1 : 1;
  }
  return sum;
}

function step(
  backend: Backend,
  operation: "get" | "put" | "cycle",
  index: number,
): MaybePromise<unknown> {
  const id = idOf(index);
  if (operation === "get") return backend.get(id);
  if (operation === "cycle") return backend.cycle!(id);
  return backend.put(id, { ...documentAt(index), count: ++writes });
}

const made: Document[] = [];
/** Counted, because SQLite leaves out a write of what is there already. */
let writes = 0;

function documentAt(index: number): Document {
  return made[index] ?? documents(spread)[index]!;
}

function documents(size: number): Document[] {
  for (let index = made.length; index < size; index++) made.push(documentOf(index));
  return size === made.length ? made : made.slice(0, size);
}
