import type { D1Database } from "@cloudflare/workers-types/index.ts";
import type { Backend } from "../contender.ts";
import { changed, type Document } from "../documents.ts";

interface Row {
  readonly data: string;
  readonly version: number;
}

/** What one would write by hand on D1: JSON in a table, 1,000 statements in a batch. */
export function directD1(database: D1Database): Backend {
  const upsert = "insert into documents values (?, ?, 1) on conflict do update " +
    "set data = excluded.data, version = version + 1";
  const select = "select data, version from documents where id = ?";
  const update =
    "update documents set data = ?, version = version + 1 where id = ? and version = ?";
  const read = (id: string) => database.prepare(select).bind(id).first<Row>();
  return {
    get: async (id) => JSON.parse((await read(id))!.data),
    put: (id, document) => database.prepare(upsert).bind(id, JSON.stringify(document)).run(),
    async cycle(id) {
      const row = (await read(id))!;
      const text = JSON.stringify(changed(JSON.parse(row.data)));
      const { meta } = await database.prepare(update).bind(text, id, row.version).run();
      if (meta.changes !== 1) throw new Error("it was changed in between");
    },
    async load(documents) {
      for (let start = 0; start < documents.length; start += 1_000) {
        await database.batch(
          documents.slice(start, start + 1_000).map((document) => {
            return database.prepare(upsert).bind(document.id, JSON.stringify(document));
          }),
        );
      }
    },
    async list() {
      const page = database.prepare(
        "select id, data, version from documents where id > ? order by id limit 1000",
      );
      let count = 0;
      for (let after = "";;) {
        const { results } = await page.bind(after).all<Row & { id: string }>();
        for (const { data } of results) {
          const document: Document = JSON.parse(data);
          if (document.notes) count++;
        }
        if (results.length < 1_000) return count;
        after = results.at(-1)!.id;
      }
    },
    async clear() {
      await database.exec(
        "create table if not exists documents (id text primary key, data text not null, version integer not null)",
      );
      await database.exec("delete from documents");
    },
  };
}
