import type { Contender } from "../contender.ts";
import { peer } from "../peer.ts";
import { newCity, newValue, type Row } from "../rows.ts";

/** TanStack DB: a local-only collection with B-tree indexes, written by optimistic mutations. */
export async function tanstack(): Promise<Contender | undefined> {
  const found = await peer("@tanstack/db");
  if (found === undefined) return undefined;
  const { BTreeIndex, IR, createCollection, createLiveQueryCollection } = found.module;
  const { eq, localOnlyCollectionOptions } = found.module;
  const call = (name: string, field: string, value: unknown) =>
    new IR.Func(name, [new IR.PropRef([field]), new IR.Value(value)]);
  return {
    name: `TanStack DB ${found.version}`,
    async load(rows) {
      const collection = createCollection(localOnlyCollectionOptions({
        getKey: (row: Row) => row.id,
        initialData: rows.map((row) => ({ ...row, tags: [...row.tags] })),
      }));
      await collection.preload();
      for (const field of ["status", "city", "active", "n"] as const) {
        collection.createIndex((row: Row) => row[field], { indexType: BTreeIndex });
      }

      async function update(
        times: number,
        input: (i: number) => number,
        change: (row: Row) => void,
      ): Promise<number> {
        let last;
        for (let i = 0; i < times; i++) {
          last = collection.update(input(i), (row: Row) => change(row));
        }
        await last.isPersisted.promise;
        return collection.size;
      }

      return {
        get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const row = collection.get(input(i));
            sum += row.n + row.score + row.name.length;
          }
          return sum;
        },
        equals(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const where = call("eq", "city", input(i));
            sum += collection.currentStateAsChanges({ where }).length;
          }
          return sum;
        },
        quarter(times) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const where = call("eq", "status", "s1");
            sum += collection.currentStateAsChanges({ where }).length;
          }
          return sum;
        },
        range(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const where = new IR.Func("and", [
              call("gte", "n", input(i)),
              call("lte", "n", input(i) + 99),
            ]);
            sum += collection.currentStateAsChanges({ where }).length;
          }
          return sum;
        },
        updatePlain: (times, input) =>
          update(times, input, (row) => {
            row.score = newValue();
          }),
        updateIndexed: (times, input) =>
          update(times, input, (row) => {
            row.city = newCity();
          }),
        async insertAndDelete(times, input) {
          let last;
          for (let i = 0; i < times; i++) {
            const row = input(i);
            collection.insert({ ...row });
            last = collection.delete(row.id);
          }
          await last.isPersisted.promise;
          return collection.size;
        },
        async follow(queries) {
          const subscriptions: { unsubscribe(): void }[] = [];
          for (let i = 0; i < queries; i++) {
            // deno-lint-ignore no-explicit-any -- the peers' types are not installed
            const live = createLiveQueryCollection((query: any) =>
              query.from({ row: collection }).where(({ row }: { row: Row }) =>
                eq(row.city, `elsewhere ${i}`)
              )
            );
            await live.preload();
            subscriptions.push(live.subscribeChanges(() => {}));
          }
          return () => subscriptions.forEach((subscription) => subscription.unsubscribe());
        },
      };
    },
  };
}
