import { createStore, type Store } from "tinybase";
import type { Contender, Doc } from "../contender.ts";

/** The part of TinyBase's persisters that is used. */
interface Persister {
  load(): Promise<unknown>;
  save(): Promise<unknown>;
  startAutoSave(): Promise<unknown>;
  destroy(): Promise<unknown>;
}

/** TinyBase with one of its persisters. */
export function tinybase<Place>(open: (place: Place, store: Store) => Persister): Contender<Place> {
  return {
    name: "TinyBase",
    async open(place) {
      const store = createStore();
      const persister = place && open(place, store);
      await persister?.load();
      await persister?.startAutoSave();
      const put = ({ id, ...cells }: Doc) => void store.setRow("docs", String(id), cells);
      return {
        put,
        fill: (docs) => store.transaction(() => docs.forEach(put)),
        count: () => store.getRowCount("docs"),
        at: (id) => store.getCell("docs", String(id), "at") as number | undefined,
        // This save comes last, after those that follow the changes.
        flush: async () => void await persister!.save(),
        close: async () => void await persister?.destroy(),
      };
    },
  };
}
