import { Collection, type PersistenceAdapter } from "@signaldb/core";
import type { Contender, Doc } from "../contender.ts";

/** SignalDB with one of its persistence adapters. */
export function signaldb<Place>(
  open: (place: Place) => PersistenceAdapter<Doc, number>,
): Contender<Place> {
  return {
    name: "SignalDB",
    async open(place) {
      const persistence = place && open(place);
      const collection = new Collection<Doc, number>(persistence ? { persistence } : {});
      if (persistence) await collection.isReady();
      const find = (id: number) => collection.findOne({ id }, { reactive: false });
      return {
        put(doc) {
          if (find(doc.id) === undefined) collection.insert(doc);
          else collection.updateOne({ id: doc.id }, { $set: doc });
        },
        fill: (docs) => collection.batch(() => docs.forEach((doc) => collection.insert(doc))),
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
