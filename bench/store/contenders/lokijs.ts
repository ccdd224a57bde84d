import type { Contender } from "../contender.ts";
import { newCity, newValue } from "../items.ts";
import { peer } from "../peer.ts";

/** LokiJS with binary indexes and a unique one. */
export async function lokijs(): Promise<Contender | undefined> {
  const found = await peer("lokijs");
  if (found === undefined) return undefined;
  const Loki = found.module.default;
  return {
    name: `LokiJS ${found.version}`,
    load(items) {
      const collection = new Loki("bench").addCollection("items", {
        unique: ["id"],
        indices: ["status", "city", "active", "n"],
      });
      collection.insert(items.map((item) => ({ ...item, tags: [...item.tags] })));
      return {
        get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const item = collection.by("id", input(i));
            sum += item.n + item.score + item.name.length;
          }
          return sum;
        },
        equals(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += collection.find({ city: input(i) }).length;
          return sum;
        },
        quarter(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += collection.find({ status: "s1" }).length;
          return sum;
        },
        range(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += collection.find({ n: { $between: [input(i), input(i) + 99] } }).length;
          }
          return sum;
        },
        firstPage(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += collection.chain().simplesort("n").limit(20).data()[0].n;
          }
          return sum;
        },
        twoIndexes(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum +=
              collection.chain().find({ status: "s1", active: true }).simplesort("n").offset(20)
                .limit(20).data().length;
          }
          return sum;
        },
        updatePlain(times, input) {
          for (let i = 0; i < times; i++) {
            const item = collection.by("id", input(i));
            item.score = newValue();
            collection.update(item);
          }
          return collection.count();
        },
        updateIndexed(times, input) {
          for (let i = 0; i < times; i++) {
            const item = collection.by("id", input(i));
            item.city = newCity();
            collection.update(item);
          }
          return collection.count();
        },
        insertAndDelete(times, input) {
          for (let i = 0; i < times; i++) collection.remove(collection.insert({ ...input(i) }));
          return collection.count();
        },
      };
    },
  };
}
