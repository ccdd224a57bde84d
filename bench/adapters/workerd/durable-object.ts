import type { DurableObjectStorage } from "@cloudflare/workers-types/index.ts";
import type { Backend } from "../contender.ts";
import { changed, type Document } from "../documents.ts";

/** What one would write by hand in a Durable Object: JSON in a table of its SQLite. */
export function directObject(storage: DurableObjectStorage): Backend {
  const { sql } = storage;
  const upsert = "insert into documents values (?, ?, 1) on conflict do update " +
    "set data = excluded.data, version = version + 1";
  const select = "select data, version from documents where id = ?";
  const update =
    "update documents set data = ?, version = version + 1 where id = ? and version = ? returning version";
  const put = (id: string, document: Document) =>
    sql.exec(upsert, id, JSON.stringify(document)).toArray();
  return {
    get: (id) => JSON.parse(sql.exec(select, id).one()["data"] as string),
    put,
    cycle(id) {
      const { data, version } = sql.exec(select, id).one();
      const text = JSON.stringify(changed(JSON.parse(data as string)));
      if (sql.exec(update, text, id, version).toArray().length !== 1) {
        throw new Error("it was changed in between");
      }
    },
    load(documents) {
      storage.transactionSync(() => {
        for (const document of documents) put(document.id, document);
      });
    },
    list() {
      let count = 0;
      for (const { data } of sql.exec("select id, data, version from documents order by id")) {
        const document: Document = JSON.parse(data as string);
        if (document.notes) count++;
      }
      return count;
    },
    clear() {
      sql.exec(
        "create table if not exists documents (id text primary key, data text not null, version integer not null)",
      );
      sql.exec("delete from documents");
    },
  };
}
