import { liveQuery, Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender } from "../contender.ts";
import { newCity, newValue, type Row } from "../rows.ts";

/** Ramify, with three hash indexes, a multi-entry one and an ordered one. */
export const rian: Contender = {
  name: "Rian",
  load(rows) {
    const db = new Ramify().createStore<{ rows: Schema<Row, "id"> }>({
      rows: {
        primaryKey: "id",
        indexes: ["status", "city", "active"],
        multiEntry: ["tags"],
        ordered: ["n"],
      },
    });
    db.rows.bulkAdd(rows);

    function transaction(times: number, fails: boolean): number {
      for (let i = 0; i < times; i++) {
        try {
          db.transaction(() => {
            for (let id = 0; id < 1000; id++) db.rows.update(id, { score: newValue() });
            if (fails) throw new Error("rolled back");
          });
        } catch {
          // The rollback is what is measured.
        }
      }
      return db.rows.count();
    }

    return {
      get(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          const row = db.rows.get(input(i))!;
          sum += row.n + row.score + row.name.length;
        }
        return sum;
      },
      equals(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.rows.where("city").equals(input(i)).toArray().length;
        }
        return sum;
      },
      quarter(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.rows.where("status").equals("s1").toArray().length;
        }
        return sum;
      },
      range(times, input) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.rows.where("n").between(input(i), input(i) + 99).toArray().length;
        }
        return sum;
      },
      firstPage(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) sum += db.rows.sortBy("n").limit(20).toArray()[0]!.n;
        return sum;
      },
      twoIndexes(times) {
        let sum = 0;
        for (let i = 0; i < times; i++) {
          sum += db.rows.where({ status: "s1", active: true }).sortBy("n").offset(20).limit(20)
            .toArray().length;
        }
        return sum;
      },
      updatePlain(times, input) {
        for (let i = 0; i < times; i++) db.rows.update(input(i), { score: newValue() });
        return db.rows.count();
      },
      updateIndexed(times, input) {
        for (let i = 0; i < times; i++) db.rows.update(input(i), { city: newCity() });
        return db.rows.count();
      },
      insertAndDelete(times, input) {
        for (let i = 0; i < times; i++) {
          const row = input(i);
          db.rows.add(row);
          db.rows.delete(row.id);
        }
        return db.rows.count();
      },
      transaction: (times) => transaction(times, false),
      rollback: (times) => transaction(times, true),
      follow(queries) {
        const stops = Array.from(
          { length: queries },
          (_, i) =>
            liveQuery(() =>
              i % 2 === 0
                ? db.rows.where("city").equals(`elsewhere ${i}`).toArray()
                : db.rows.where("n").between(-10 - i, -i).toArray()
            ).subscribe(() => {}),
        );
        return () => stops.forEach((stop) => stop());
      },
    };
  },
};
