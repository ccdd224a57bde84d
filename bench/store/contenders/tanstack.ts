import type { Contender } from "../contender.ts";
import { type Item, newCity, newValue } from "../items.ts";
import { peer } from "../peer.ts";

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
    async load(items) {
      const collection = createCollection(localOnlyCollectionOptions({
        getKey: (item: Item) => item.id,
        initialData: items.map((item) => ({ ...item, tags: [...item.tags] })),
      }));
      await collection.preload();
      for (const field of ["status", "city", "active", "n"] as const) {
        collection.createIndex((item: Item) => item[field], { indexType: BTreeIndex });
      }

      async function update(
        times: number,
        input: (i: number) => number,
        change: (item: Item) => void,
      ): Promise<number> {
        let last;
        for (let i = 0; i < times; i++) {
          last = collection.update(input(i), (item: Item) => change(item));
        }
        await last.isPersisted.promise;
        return collection.size;
      }

      return {
        get(times, input) {
          let sum = 0;
          for (let i = 0; i < times; i++) {
            const item = collection.get(input(i));
            sum += item.n + item.score + item.name.length;
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
          update(times, input, (item) => {
            item.score = newValue();
          }),
        updateIndexed: (times, input) =>
          update(times, input, (item) => {
            item.city = newCity();
          }),
        async insertAndDelete(times, input) {
          let last;
          for (let i = 0; i < times; i++) {
            const item = input(i);
            collection.insert({ ...item });
            last = collection.delete(item.id);
          }
          await last.isPersisted.promise;
          return collection.size;
        },
        async follow(queries) {
          const subscriptions: { unsubscribe(): void }[] = [];
          for (let i = 0; i < queries; i++) {
            // deno-lint-ignore no-explicit-any -- the peers' types are not installed
            const live = createLiveQueryCollection((query: any) =>
              query.from({ item: collection }).where(({ item }: { item: Item }) =>
                eq(item.city, `elsewhere ${i}`)
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
