import type { Contender } from "../contender.ts";
import { type Item, newCity, newValue } from "../items.ts";
import { peer } from "../peer.ts";

/** minimongo's MemoryDb, which has no indexes and returns promises. */
export async function minimongo(): Promise<Contender | undefined> {
  const found = await peer("minimongo");
  if (found === undefined) return undefined;
  const { MemoryDb } = found.module.default ?? found.module;
  const document = ({ id, ...item }: Item) => ({ ...item, _id: String(id) });
  return {
    name: `minimongo ${found.version}`,
    most: 10_000,
    async load(items) {
      const db = new MemoryDb({ safety: "freeze" });
      db.addCollection("items");
      const collection = db.collections.items;
      await new Promise<void>((resolve) => collection.seed(items.map(document), resolve));

      async function find(selector: object, options: object = {}): Promise<Item[]> {
        return await collection.find(selector, options).fetch();
      }

      async function update(
        times: number,
        input: (i: number) => number,
        change: () => object,
      ): Promise<number> {
        for (let i = 0; i < times; i++) {
          const item = await collection.findOne({ _id: String(input(i)) });
          await collection.upsert({ ...item, ...change() });
        }
        return times;
      }

      return {
        async get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const item = await collection.findOne({ _id: String(input(i)) });
            sum += item.n + item.score + item.name.length;
          }
          return sum;
        },
        async equals(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += (await find({ city: input(i) })).length;
          return sum;
        },
        async quarter(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) sum += (await find({ status: "s1" })).length;
          return sum;
        },
        async range(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const n = { $gte: input(i), $lte: input(i) + 99 };
            sum += (await find({ n }, { sort: ["n"] })).length;
          }
          return sum;
        },
        async firstPage(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            sum += (await find({}, { sort: ["n"], limit: 20 }))[0]!.n;
          }
          return sum;
        },
        async twoIndexes(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const options = { sort: ["n"], skip: 20, limit: 20 };
            sum += (await find({ status: "s1", active: true }, options)).length;
          }
          return sum;
        },
        updatePlain: (times, input) => update(times, input, () => ({ score: newValue() })),
        updateIndexed: (times, input) => update(times, input, () => ({ city: newCity() })),
        async insertAndDelete(times, input) {
          for (let i = 0; i < times; i++) {
            const item = document(input(i));
            await collection.upsert(item);
            await collection.remove(item._id);
          }
          return times;
        },
      };
    },
  };
}
