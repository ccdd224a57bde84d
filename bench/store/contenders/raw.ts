import type { Contender } from "../contender.ts";
import { type Item, newCity, newValue } from "../items.ts";

/** A Map of copies, scanned and sorted by hand: what an application would write without a store. */
export const raw: Contender = {
  name: "raw Map",
  load(items) {
    const map = new Map<number, Item>();
    for (const item of items) map.set(item.id, { ...item, tags: [...item.tags] });
    const quarter = [...map.values()].filter((item) => item.status === "s1");

    function where(matches: (item: Item) => boolean): Item[] {
      const found: Item[] = [];
      for (const item of map.values()) if (matches(item)) found.push(item);
      return found;
    }

    return {
      get(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          const item = map.get(input(i))!;
          sum += item.n + item.score + item.name.length;
        }
        return sum;
      },
      equals(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          const city = input(i);
          sum += where((item) => item.city === city).length;
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
          sum += where((item) =>
            item.n >= from && item.n < from + 100
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
          sum += where((item) => item.status === "s1" && item.active).sort((a, b) => a.n - b.n)
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
          const item = input(i);
          map.set(item.id, { ...item, tags: [...item.tags] });
          map.delete(item.id);
        }
        return map.size;
      },
    };
  },
};
