import { Dexie, type EntityTable } from "dexie";
import type { Backend } from "../contender.ts";
import { changed, type Document } from "../documents.ts";

/** What one would write by hand on IndexedDB: documents with a version in an object store. */
export async function directIndexedDb(name: string): Promise<Backend> {
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("documents", { keyPath: "document.id" });
  };
  const database = await settled(opening);

  interface Row {
    readonly document: Document;
    readonly version: number;
  }

  function begin(mode: IDBTransactionMode): { store: IDBObjectStore; done: Promise<void> } {
    const transaction = database.transaction("documents", mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
    return { store: transaction.objectStore("documents"), done };
  }

  async function write(change: (store: IDBObjectStore) => unknown): Promise<void> {
    const { store, done } = begin("readwrite");
    await change(store);
    // Otherwise the browser would first have to find out that nothing follows.
    store.transaction.commit();
    await done;
  }

  const read = (id: string): Promise<Row> => settled(begin("readonly").store.get(id));

  return {
    get: async (id) => (await read(id)).document,
    put: (_, document) => write((store) => store.put({ document, version: 1 })),
    async cycle(id) {
      const { document, version } = await read(id);
      await write(async (store) => {
        const row = await settled<Row>(store.get(id));
        if (row.version !== version) throw new Error("it was changed in between");
        store.put({ document: changed(document), version: version + 1 });
      });
    },
    load(documents) {
      return write((store) => {
        for (const document of documents) store.put({ document, version: 1 });
      });
    },
    async list() {
      let count = 0;
      let range: IDBKeyRange | undefined;
      for (;;) {
        const rows = await settled<Row[]>(begin("readonly").store.getAll(range, 1_000));
        for (const { document } of rows) if (document.notes) count++;
        if (rows.length < 1_000) return count;
        range = IDBKeyRange.lowerBound(rows.at(-1)!.document.id, true);
      }
    },
    clear: () => write((store) => store.clear()),
  };
}

/** A peer: Dexie, whose transactions make a conditional write. */
export function dexieBackend(name: string): Backend {
  const database = new Dexie(name) as Dexie & { documents: EntityTable<Document, "id"> };
  database.version(1).stores({ documents: "id" });
  const { documents } = database;
  return {
    get: async (id) => (await documents.get(id))!,
    put: (_, document) => documents.put(document),
    async cycle(id) {
      const read = (await documents.get(id))!;
      await database.transaction("rw", documents, async () => {
        const now = await documents.get(id);
        if (now!.count !== read.count) throw new Error("it was changed in between");
        await documents.put(changed(read));
      });
    },
    load: (rows) => documents.bulkPut(rows),
    async list() {
      let count = 0;
      for (let after = "";;) {
        const page = await documents.where("id").above(after).limit(1_000).toArray();
        for (const document of page) if (document.notes) count++;
        if (page.length < 1_000) return count;
        after = page.at(-1)!.id;
      }
    },
    clear: () => documents.clear(),
  };
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
