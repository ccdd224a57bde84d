import type { Contender } from "../contender.ts";
import { type Item, newCity, newValue } from "../items.ts";
import { peer } from "../peer.ts";

/** TinyBase with four indexes; its cells hold no arrays, so tags are joined. */
export async function tinybase(): Promise<Contender | undefined> {
  const found = await peer("tinybase");
  if (found === undefined) return undefined;
  const { createStore, createIndexes } = found.module;
  const flat = ({ tags, ...item }: Item) => ({ ...item, tags: tags.join() });
  return {
    name: `TinyBase ${found.version}`,
    load(items) {
      const store = createStore();
      const indexes = createIndexes(store);
      for (const field of ["status", "city", "active"]) {
        indexes.setIndexDefinition(field, "items", field);
      }
      store.setTable("items", Object.fromEntries(items.map((item) => [item.id, flat(item)])));

      function inSlice(index: string, slice: string): Item[] {
        return indexes.getSliceRowIds(index, slice).map((id: string) => store.getRow("items", id));
      }

      function transaction(times: number, fails: boolean): number {
        for (let i = 0; i < times; i++) {
          store.transaction(() => {
            for (let id = 0; id < 1000; id++) {
              store.setCell("items", String(id), "score", newValue());
            }
          }, () => fails);
        }
        return store.getRowCount("items");
      }

      return {
        get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const item = store.getRow("items", String(input(i)));
            sum += item.n + item.score + item.name.length;
          }
          return sum;
        },
        equals(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += inSlice("city", input(i)).length;
          return sum;
        },
        quarter(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += inSlice("status", "s1").length;
          return sum;
        },
        firstPage(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const [id] = store.getSortedRowIds("items", "n", false, 0, 20).map((id: string) =>
              store.getRow("items", id)
            );
            sum += id.n;
          }
          return sum;
        },
        twoIndexes(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += inSlice("status", "s1").filter((item) => item.active).sort((a, b) => a.n - b.n)
              .slice(20, 40).length;
          }
          return sum;
        },
        updatePlain(times, input) {
          for (let i = 0; i < times; i++) {
            store.setCell("items", String(input(i)), "score", newValue());
          }
          return store.getRowCount("items");
        },
        updateIndexed(times, input) {
          for (let i = 0; i < times; i++) {
            store.setCell("items", String(input(i)), "city", newCity());
          }
          return store.getRowCount("items");
        },
        insertAndDelete(times, input) {
          for (let i = 0; i < times; i++) {
            const item = input(i);
            store.setRow("items", String(item.id), flat(item));
            store.delRow("items", String(item.id));
          }
          return store.getRowCount("items");
        },
        transaction: (times) => transaction(times, false),
        rollback: (times) => transaction(times, true),
        follow(queries) {
          const listeners = Array.from(
            { length: queries },
            (_, i) => indexes.addSliceRowIdsListener("city", `elsewhere ${i}`, () => {}),
          );
          return () => listeners.forEach((listener) => indexes.delListener(listener));
        },
      };
    },
  };
}
