import type { Contender } from "../contender.ts";
import { newCity, newValue } from "../items.ts";
import { peer } from "../peer.ts";

/** SignalDB with indices on the fields that are compared for equality. */
export async function signaldb(): Promise<Contender | undefined> {
  const found = await peer("@signaldb/core");
  if (found === undefined) return undefined;
  const { Collection, createIndex } = found.module;
  return {
    name: `SignalDB ${found.version}`,
    most: 10_000,
    load(items) {
      const collection = new Collection({
        indices: ["status", "city", "active"].map((field) => createIndex(field)),
      });
      collection.batch(() => {
        for (const item of items) collection.insert({ ...item, tags: [...item.tags] });
      });
      return {
        get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const item = collection.findOne({ id: input(i) }, { reactive: false });
            sum += item.n + item.score + item.name.length;
          }
          return sum;
        },
        equals(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += collection.find({ city: input(i) }, { reactive: false }).fetch().length;
          }
          return sum;
        },
        quarter(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += collection.find({ status: "s1" }, { reactive: false }).fetch().length;
          }
          return sum;
        },
        range(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const n = { $gte: input(i), $lte: input(i) + 99 };
            sum += collection.find({ n }, { reactive: false, sort: { n: 1 } }).fetch().length;
          }
          return sum;
        },
        firstPage(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += collection.find({}, { reactive: false, sort: { n: 1 }, limit: 20 }).fetch()[0].n;
          }
          return sum;
        },
        twoIndexes(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += collection.find({ status: "s1", active: true }, {
              reactive: false,
              sort: { n: 1 },
              skip: 20,
              limit: 20,
            }).fetch().length;
          }
          return sum;
        },
        updatePlain(times, input) {
          for (let i = 0; i < times; i++) {
            collection.updateOne({ id: input(i) }, { $set: { score: newValue() } });
          }
          return times;
        },
        updateIndexed(times, input) {
          for (let i = 0; i < times; i++) {
            collection.updateOne({ id: input(i) }, { $set: { city: newCity() } });
          }
          return times;
        },
        insertAndDelete(times, input) {
          for (let i = 0; i < times; i++) {
            const item = input(i);
            collection.insert({ ...item });
            collection.removeOne({ id: item.id });
          }
          return times;
        },
      };
    },
  };
}
