import { Ramify, type Schema } from "../../../src/store/mod.ts";
import type { Contender, Row } from "../contender.ts";

/** What an application would write itself: rows read at once, and every change written as it is made. */
export const byHand: Contender = {
  name: "by hand",
  open(database) {
    const db = new Ramify().createStore<{ rows: Schema<Row, "id"> }>({
      rows: { primaryKey: "id", indexes: ["group"] },
    });
    const opened = {
      put: (row: Row) => db.rows.put(row),
      fill: (rows: readonly Row[]) => db.rows.bulkPut(rows),
      count: () => db.rows.count(),
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    if (database === undefined) return Promise.resolve(opened);
    database.exec("create table if not exists by_hand (id integer primary key, data text)");
    const rows = database.prepare("select data from by_hand").all() as { data: string }[];
    db.rows.bulkPut(rows.map(({ data }) => JSON.parse(data)));
    const write = database.prepare("insert or replace into by_hand values (?, ?)");
    db.rows.subscribe((_type, keys, { after }) => {
      for (const [index, key] of keys.entries()) write.run(key, JSON.stringify(after[index]));
    });
    return Promise.resolve(opened);
  },
};
