import { createStore } from "tinybase";
import { createCustomPersister } from "tinybase/persisters";
import type { Contender, Row } from "../contender.ts";

/** TinyBase with a persister that keeps its content as one JSON text, as its SQLite persisters do by default. */
export const tinybase: Contender = {
  name: "TinyBase",
  async open(database) {
    const store = createStore();
    let persister: ReturnType<typeof createCustomPersister> | undefined;
    if (database !== undefined) {
      database.exec("create table if not exists tinybase (id integer primary key, data text)");
      const read = database.prepare("select data from tinybase where id = 1");
      const write = database.prepare("insert or replace into tinybase values (1, ?)");
      persister = createCustomPersister(
        store,
        () => {
          const row = read.get() as { data: string } | undefined;
          return Promise.resolve(row && JSON.parse(row.data));
        },
        (getContent) => {
          write.run(JSON.stringify(getContent()));
          return Promise.resolve();
        },
        () => undefined,
        () => {},
      );
      await persister.load();
      await persister.startAutoSave();
    }
    const put = ({ id, ...cells }: Row) => void store.setRow("rows", String(id), cells);
    return {
      put,
      fill: (rows) => store.transaction(() => rows.forEach(put)),
      count: () => store.getRowCount("rows"),
      flush: async () => {
        for (let turn = 0; turn < 100; turn++) await Promise.resolve();
        await persister!.save();
      },
      close: async () => void await persister?.destroy(),
    };
  },
};
