import type { Loaded } from "./contender.ts";
import { type Item, shuffled } from "./items.ts";
import type { Work } from "./measure.ts";

/** What is measured on loaded stores, in the order of the table. */
export interface Operations {
  /** By its title: the operation on a store, or `undefined` if the store cannot do it. */
  readonly list: readonly [title: string, of: (store: Loaded) => Work | undefined][];
  /** A write, to be measured beside live queries. */
  readonly write: (store: Loaded) => Work;
}

/** Returns the operations on stores of some items. */
export function operationsOn(items: readonly Item[]): Operations {
  const size = items.length;
  const ids = shuffled(size, 3);
  const id = (i: number) => ids[i % size]!;
  const idFrom = (before: number) => (i: number) => id(before + i);

  const write = (store: Loaded): Work => (times, before) =>
    store.updatePlain(times, idFrom(before));
  return {
    write,
    list: [
      ["get + read 3 fields", (store) => (times, before) => store.get(times, idFrom(before))],
      [
        "equals, 100 found",
        ({ equals }) =>
          equals && ((times, before) => equals(times, (i) => items[id(before + i)]!.city)),
      ],
      ["equals, a quarter found", ({ quarter }) => quarter],
      [
        "range, 100 found, in order",
        ({ range }) =>
          range && ((times, before) => range(times, (i) => id(before + i) % (size - 100))),
      ],
      ["ordered, the first 20", ({ firstPage }) => firstPage],
      ["two indexes + sort + page", ({ twoIndexes }) => twoIndexes],
      ["update of a plain field", write],
      [
        "insert + delete",
        ({ insertAndDelete }) => (times, before) =>
          insertAndDelete(times, (i) => ({ ...items[id(before + i)]!, id: size + i, n: -i })),
      ],
      ["transaction of 1,000 updates", ({ transaction }) => transaction],
      ["the same, rolled back", ({ rollback }) => rollback],
      [
        "update of an indexed field",
        ({ updateIndexed }) => (times, before) => updateIndexed(times, idFrom(before)),
      ],
    ],
  };
}
