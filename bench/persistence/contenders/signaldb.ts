import { Collection, createPersistenceAdapter } from "@signaldb/core";
import type { Contender, Row } from "../contender.ts";

/** SignalDB with an adapter that writes the rows it is told have changed. */
export const signaldb: Contender = {
  name: "SignalDB",
  async open(database) {
    database?.exec("create table if not exists signaldb (id integer primary key, data text)");
    const write = database?.prepare("insert or replace into signaldb values (?, ?)");
    const persistence = database && createPersistenceAdapter<Row, number>({
      register: () => Promise.resolve(),
      load() {
        const rows = database.prepare("select data from signaldb").all() as { data: string }[];
        return Promise.resolve({ items: rows.map(({ data }) => JSON.parse(data) as Row) });
      },
      save(_items, { added, modified }) {
        database.transaction(() => {
          for (const row of [...added, ...modified]) write!.run(row.id, JSON.stringify(row));
        })();
        return Promise.resolve();
      },
    });
    const collection = new Collection<Row, number>(persistence ? { persistence } : {});
    if (persistence) await collection.isReady();
    return {
      put(row) {
        if (collection.findOne({ id: row.id }, { reactive: false }) === undefined) {
          collection.insert(row);
        } else collection.updateOne({ id: row.id }, { $set: row });
      },
      fill: (rows) => collection.batch(() => rows.forEach((row) => collection.insert(row))),
      count: () => collection.find({}, { reactive: false }).count(),
      async flush() {
        do await new Promise((resolve) => setTimeout(resolve, 1)); while (collection.isPushing());
      },
      close: async () => void await collection.dispose(),
    };
  },
};
