import { createStore, type Store } from "tinybase";
import type { Contender, Row } from "../contender.ts";

/** What is used of each of TinyBase's persisters. */
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
      const put = ({ id, ...cells }: Row) => void store.setRow("rows", String(id), cells);
      return {
        put,
        fill: (rows) => store.transaction(() => rows.forEach(put)),
        count: () => store.getRowCount("rows"),
        at: (id) => store.getCell("rows", String(id), "at") as number | undefined,
        // Its own comes last, after those that follow the changes.
        flush: async () => void await persister!.save(),
        close: async () => void await persister?.destroy(),
      };
    },
  };
}
