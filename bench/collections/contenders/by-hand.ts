import { Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender, Row } from "../contender.ts";

/** What one writes oneself to keep rows. */
export interface Table {
  read(): Promise<readonly Row[]>;
  write(rows: readonly Row[]): Promise<unknown>;
}

/** What an application would write itself: rows read at once, and every change written as it is made. */
export function byHand<Place>(open: (place: Place) => Promise<Table>): Contender<Place> {
  return {
    name: "by hand",
    async open(place) {
      const { rows } = new Ramify().createStore<{ rows: Schema<Row, "id"> }>({
        rows: { primaryKey: "id", indexes: ["group"] },
      });
      const writing: Promise<unknown>[] = [];
      if (place !== undefined) {
        const table = await open(place);
        rows.bulkPut(await table.read());
        rows.subscribe((_type, _keys, { after }) => {
          writing.push(table.write(after as readonly Row[]));
        });
      }
      return {
        put: (row) => rows.put(row),
        fill: (many) => rows.bulkPut(many),
        count: () => rows.count(),
        at: (id) => rows.get(id)?.at,
        flush: async () => void await Promise.all(writing),
        close: () => Promise.resolve(),
      };
    },
  };
}
