import type { Contender } from "../contender.ts";
import { peer } from "../peer.ts";
import { newCity, newValue, type Row } from "../rows.ts";

/** minimongo's MemoryDb, which has no indexes and answers by promises. */
export async function minimongo(): Promise<Contender | undefined> {
  const found = await peer("minimongo");
  if (found === undefined) return undefined;
  const { MemoryDb } = found.module.default ?? found.module;
  const document = ({ id, ...row }: Row) => ({ ...row, _id: String(id) });
  return {
    name: `minimongo ${found.version}`,
    async load(rows) {
      const db = new MemoryDb({ safety: "freeze" });
      db.addCollection("rows");
      const collection = db.collections.rows;
      await new Promise<void>((resolve) => collection.seed(rows.map(document), resolve));

      async function find(selector: object, options: object = {}): Promise<Row[]> {
        return await collection.find(selector, options).fetch();
      }

      async function update(
        times: number,
        input: (i: number) => number,
        change: () => object,
      ): Promise<number> {
        for (let i = 0; i < times; i++) {
          const row = await collection.findOne({ _id: String(input(i)) });
          await collection.upsert({ ...row, ...change() });
        }
        return times;
      }

      return {
        async get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const row = await collection.findOne({ _id: String(input(i)) });
            sum += row.n + row.score + row.name.length;
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
            const row = document(input(i));
            await collection.upsert(row);
            await collection.remove(row._id);
          }
          return times;
        },
      };
    },
  };
}
