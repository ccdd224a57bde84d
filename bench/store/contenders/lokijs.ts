import type { Contender } from "../contender.ts";
import { peer } from "../peer.ts";
import { newCity, newValue } from "../rows.ts";

/** LokiJS with binary indexes and a unique one. */
export async function lokijs(): Promise<Contender | undefined> {
  const found = await peer("lokijs");
  if (found === undefined) return undefined;
  const Loki = found.module.default;
  return {
    name: `LokiJS ${found.version}`,
    load(rows) {
      const collection = new Loki("bench").addCollection("rows", {
        unique: ["id"],
        indices: ["status", "city", "active", "n"],
      });
      collection.insert(rows.map((row) => ({ ...row, tags: [...row.tags] })));
      return {
        get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const row = collection.by("id", input(i));
            sum += row.n + row.score + row.name.length;
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
            const row = collection.by("id", input(i));
            row.score = newValue();
            collection.update(row);
          }
          return collection.count();
        },
        updateIndexed(times, input) {
          for (let i = 0; i < times; i++) {
            const row = collection.by("id", input(i));
            row.city = newCity();
            collection.update(row);
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
