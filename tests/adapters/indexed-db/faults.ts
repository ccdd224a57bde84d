import { failOnce, type Faulty, type Moment, type Schedule } from "../faults/faults.ts";

type Method = (this: unknown, ...values: unknown[]) => unknown;

/** The calls of a store on IndexedDB, by the object they are made on. */
const methods: readonly [prototype: object, names: readonly string[]][] = [
  [IDBFactory.prototype, ["open"]],
  [IDBDatabase.prototype, ["transaction"]],
  [IDBTransaction.prototype, ["commit"]],
  [IDBObjectStore.prototype, ["get", "getAll", "put", "add", "delete", "index", "openCursor"]],
  [IDBIndex.prototype, ["getAllKeys", "openKeyCursor"]],
];

const originals = methods.flatMap(([prototype, names]) => {
  return names.map((name) => ({ prototype, name, method: Reflect.get(prototype, name) as Method }));
});

/**
 * Lets one of the calls to IndexedDB fail, wherever it is made: before, by throwing; after, by an abort of its
 * transaction, as when the disk is full. An open database cannot be taken back, so there only "before" fails.
 */
export function withIndexedDbFault<Platform>(
  platform: Platform,
  { failing, moment }: { failing: number; moment: Moment },
): Faulty<Platform> {
  return withIndexedDbFaults(platform, failOnce(failing, moment));
}

/** The same for calls that fail by a schedule. */
export function withIndexedDbFaults<Platform>(
  platform: Platform,
  schedule: Schedule,
): Faulty<Platform> {
  let calls = 0;
  for (const { prototype, name, method } of originals) {
    Reflect.set(prototype, name, function (this: unknown, ...values: unknown[]): unknown {
      const moment = schedule(++calls);
      if (moment === "before") throw new DOMException("injected fault", "UnknownError");
      const result = method.apply(this, values);
      if (moment === "after") transactionOf(this, result)?.abort();
      return result;
    });
  }
  return { platform, calls: () => calls };
}

/** Undoes {@link withIndexedDbFault}. */
export function withoutIndexedDbFault(): void {
  for (const { prototype, name, method } of originals) Reflect.set(prototype, name, method);
}

function transactionOf(target: unknown, result: unknown): IDBTransaction | undefined {
  if (result instanceof IDBTransaction) return result;
  if (target instanceof IDBObjectStore) return target.transaction;
  return target instanceof IDBIndex ? target.objectStore.transaction : undefined;
}
