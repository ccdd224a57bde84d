import type { Contender } from "../contender.ts";
import { newCity, newValue, type Row } from "../rows.ts";

/** A Map of copies, scanned and sorted by hand: what an application would write without a store. */
export const raw: Contender = {
  name: "raw Map",
  load(rows) {
    const map = new Map<number, Row>();
    for (const row of rows) map.set(row.id, { ...row, tags: [...row.tags] });
    const quarter = [...map.values()].filter((row) => row.status === "s1");

    function where(matches: (row: Row) => boolean): Row[] {
      const found: Row[] = [];
      for (const row of map.values()) if (matches(row)) found.push(row);
      return found;
    }

    return {
      get(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          const row = map.get(input(i))!;
          sum += row.n + row.score + row.name.length;
        }
        return sum;
      },
      equals(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          const city = input(i);
          sum += where((row) => row.city === city).length;
        }
        return sum;
      },
      // The fastest that any index could be: its documents are already an array, which is copied.
      quarter(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) sum += quarter.slice().length;
        return sum;
      },
      range(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          const from = input(i);
          sum += where((row) =>
            row.n >= from && row.n < from + 100
          ).sort((a, b) => a.n - b.n).length;
        }
        return sum;
      },
      firstPage(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += [...map.values()].sort((a, b) => a.n - b.n).slice(0, 20)[0]!.n;
        }
        return sum;
      },
      twoIndexes(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += where((row) => row.status === "s1" && row.active).sort((a, b) => a.n - b.n)
            .slice(20, 40).length;
        }
        return sum;
      },
      updatePlain(times, input) {
        for (let i = 0; i < times; i++) {
          map.set(input(i), { ...map.get(input(i))!, score: newValue() });
        }
        return map.size;
      },
      updateIndexed(times, input) {
        for (let i = 0; i < times; i++) {
          map.set(input(i), { ...map.get(input(i))!, city: newCity() });
        }
        return map.size;
      },
      insertAndDelete(times, input) {
        for (let i = 0; i < times; i++) {
          const row = input(i);
          map.set(row.id, { ...row, tags: [...row.tags] });
          map.delete(row.id);
        }
        return map.size;
      },
    };
  },
};
