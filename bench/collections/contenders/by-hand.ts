import { Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender, Doc } from "../contender.ts";

/** The code that one writes by hand to keep documents. */
export interface Table {
  read(): Promise<readonly Doc[]>;
  write(docs: readonly Doc[]): Promise<unknown>;
}

/** Persistence written by hand: documents are read at once, and every change is written as it is made. */
export function byHand<Place>(open: (place: Place) => Promise<Table>): Contender<Place> {
  return {
    name: "by hand",
    async open(place) {
      const { docs } = new Ramify().createStore<{ docs: Schema<Doc, "id"> }>({
        docs: { primaryKey: "id", indexes: ["group"] },
      });
      const writing: Promise<unknown>[] = [];
      if (place !== undefined) {
        const table = await open(place);
        docs.bulkPut(await table.read());
        docs.subscribe((_type, _keys, { after }) => {
          writing.push(table.write(after as readonly Doc[]));
        });
      }
      return {
        put: (doc) => docs.put(doc),
        fill: (many) => docs.bulkPut(many),
        count: () => docs.count(),
        at: (id) => docs.get(id)?.at,
        flush: async () => void await Promise.all(writing),
        close: () => Promise.resolve(),
      };
    },
  };
}
