import { Collection, type PersistenceAdapter } from "@signaldb/core";
import type { Contender, Row } from "../contender.ts";

/** SignalDB with one of its persistence adapters. */
export function signaldb<Place>(
  open: (place: Place) => PersistenceAdapter<Row, number>,
): Contender<Place> {
  return {
    name: "SignalDB",
    async open(place) {
      const persistence = place && open(place);
      const collection = new Collection<Row, number>(persistence ? { persistence } : {});
      if (persistence) await collection.isReady();
      const find = (id: number) => collection.findOne({ id }, { reactive: false });
      return {
        put(row) {
          if (find(row.id) === undefined) collection.insert(row);
          else collection.updateOne({ id: row.id }, { $set: row });
        },
        fill: (rows) => collection.batch(() => rows.forEach((row) => collection.insert(row))),
        count: () => collection.find({}, { reactive: false }).count(),
        at: (id) => find(id)?.at,
        async flush() {
          do await new Promise((resolve) => setTimeout(resolve, 1)); while (collection.isPushing());
        },
        close: async () => void await collection.dispose(),
      };
    },
  };
}
