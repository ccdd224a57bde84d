import { liveQuery, Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender } from "../contender.ts";
import { type Item, newCity, newValue } from "../items.ts";

/** Ramify, with three hash indexes, a multi-entry one and an ordered one. */
export const rian: Contender = {
  name: "Rian",
  load(items) {
    const db = new Ramify().createStore<{ items: Schema<Item, "id"> }>({
      items: {
        primaryKey: "id",
        indexes: ["status", "city", "active"],
        multiEntry: ["tags"],
        ordered: ["n"],
      },
    });
    db.items.bulkAdd(items);

    function transaction(times: number, fails: boolean): number {
      for (let i = 0; i < times; i++) {
        try {
          db.transaction(() => {
            for (let id = 0; id < 1000; id++) db.items.update(id, { score: newValue() });
            if (fails) throw new Error("rolled back");
          });
        } catch {
          // The rollback is what is measured.
        }
      }
      return db.items.count();
    }

    return {
      get(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          const item = db.items.get(input(i))!;
          sum += item.n + item.score + item.name.length;
        }
        return sum;
      },
      equals(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.items.where("city").equals(input(i)).toArray().length;
        }
        return sum;
      },
      quarter(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.items.where("status").equals("s1").toArray().length;
        }
        return sum;
      },
      range(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.items.where("n").between(input(i), input(i) + 99).toArray().length;
        }
        return sum;
      },
      firstPage(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) sum += db.items.sortBy("n").limit(20).toArray()[0]!.n;
        return sum;
      },
      twoIndexes(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.items.where({ status: "s1", active: true }).sortBy("n").offset(20).limit(20)
            .toArray().length;
        }
        return sum;
      },
      updatePlain(times, input) {
        for (let i = 0; i < times; i++) db.items.update(input(i), { score: newValue() });
        return db.items.count();
      },
      updateIndexed(times, input) {
        for (let i = 0; i < times; i++) db.items.update(input(i), { city: newCity() });
        return db.items.count();
      },
      insertAndDelete(times, input) {
        for (let i = 0; i < times; i++) {
          const item = input(i);
          db.items.add(item);
          db.items.delete(item.id);
        }
        return db.items.count();
      },
      transaction: (times) => transaction(times, false),
      rollback: (times) => transaction(times, true),
      follow(queries) {
        const stops = Array.from(
          { length: queries },
          (_, i) =>
            liveQuery(() =>
              i % 2 === 0
                ? db.items.where("city").equals(`elsewhere ${i}`).toArray()
                : db.items.where("n").between(-10 - i, -i).toArray()
            ).subscribe(() => {}),
        );
        return () => stops.forEach((stop) => stop());
      },
    };
  },
};
