import type { Contender } from "../contender.ts";
import { peer } from "../peer.ts";
import { newCity, newValue, type Row } from "../rows.ts";

/** TinyBase with four indexes; its cells hold no arrays, so tags are joined. */
export async function tinybase(): Promise<Contender | undefined> {
  const found = await peer("tinybase");
  if (found === undefined) return undefined;
  const { createStore, createIndexes } = found.module;
  const flat = ({ tags, ...row }: Row) => ({ ...row, tags: tags.join() });
  return {
    name: `TinyBase ${found.version}`,
    load(rows) {
      const store = createStore();
      const indexes = createIndexes(store);
      for (const field of ["status", "city", "active"]) {
        indexes.setIndexDefinition(field, "rows", field);
      }
      store.setTable("rows", Object.fromEntries(rows.map((row) => [row.id, flat(row)])));

      function inSlice(index: string, slice: string): Row[] {
        return indexes.getSliceRowIds(index, slice).map((id: string) => store.getRow("rows", id));
      }

      function transaction(times: number, fails: boolean): number {
        for (let i = 0; i < times; i++) {
          store.transaction(() => {
            for (let id = 0; id < 1000; id++) {
              store.setCell("rows", String(id), "score", newValue());
            }
          }, () => fails);
        }
        return store.getRowCount("rows");
      }

      return {
        get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const row = store.getRow("rows", String(input(i)));
            sum += row.n + row.score + row.name.length;
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
            const [id] = store.getSortedRowIds("rows", "n", false, 0, 20).map((id: string) =>
              store.getRow("rows", id)
            );
            sum += id.n;
          }
          return sum;
        },
        twoIndexes(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += inSlice("status", "s1").filter((row) => row.active).sort((a, b) => a.n - b.n)
              .slice(20, 40).length;
          }
          return sum;
        },
        updatePlain(times, input) {
          for (let i = 0; i < times; i++) {
            store.setCell("rows", String(input(i)), "score", newValue());
          }
          return store.getRowCount("rows");
        },
        updateIndexed(times, input) {
          for (let i = 0; i < times; i++) {
            store.setCell("rows", String(input(i)), "city", newCity());
          }
          return store.getRowCount("rows");
        },
        insertAndDelete(times, input) {
          for (let i = 0; i < times; i++) {
            const row = input(i);
            store.setRow("rows", String(row.id), flat(row));
            store.delRow("rows", String(row.id));
          }
          return store.getRowCount("rows");
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
