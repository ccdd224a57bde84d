import type { D1Database } from "@cloudflare/workers-types/index.ts";
import type { ByHand } from "../rows.ts";
import { alreadyUsed, claimOf } from "./claim.ts";

interface Row {
  readonly data: string;
  readonly version: number;
}

/** Makes the tables that are used by hand. */
export async function makeTables(database: D1Database): Promise<void> {
  await database.exec(
    "create table if not exists instances (id text primary key, data text not null, version integer not null)",
  );
  await database.exec(
    "create table if not exists receipts (event_id text primary key, claim text not null, rev integer not null, " +
      "at integer not null) without rowid",
  );
}

/** What one would write by hand on D1: JSON in a table, a conditional update, and a receipt in its batch. */
export function d1ByHand(database: D1Database): ByHand {
  const prepare = (sql: string, ...values: unknown[]) => database.prepare(sql).bind(...values);
  const select = (id: string) => prepare("select data, version from instances where id = ?", id);
  const update = (id: string, state: unknown, version: number) =>
    prepare(
      "update instances set data = ?, version = version + 1 where id = ? and version = ?",
      JSON.stringify(state),
      id,
      version,
    );
  return {
    mount: (id, state) =>
      prepare("insert or replace into instances values (?, ?, 1)", id, JSON.stringify(state)).run(),
    async event(id, step, receipt) {
      if (!receipt) {
        const row = (await select(id).first<Row>())!;
        const state = step(JSON.parse(row.data));
        const { meta } = await update(id, state, row.version).run();
        if (meta.changes !== 1) throw new Error("it was changed in between");
        return state;
      }
      const { eventId, payload } = receipt;
      const claim = claimOf(payload);
      const [rows, receipts] = await database.batch<Row & { claim: string }>([
        select(id),
        prepare("select claim from receipts where event_id = ?", eventId),
      ]);
      const found = receipts!.results[0];
      if (found) throw alreadyUsed(found.claim, claim);
      const { data, version } = rows!.results[0]!;
      const state = step(JSON.parse(data));
      const [noted, updated] = await database.batch([
        prepare(
          "insert into receipts select ?, ?, ?, ? where exists (select 1 from instances where id = ? and version = ?)",
          ...[eventId, claim, version + 1, Date.now(), id, version],
        ),
        update(id, state, version),
      ]);
      if (noted!.meta.changes !== 1 || updated!.meta.changes !== 1) {
        throw new Error("it was changed in between");
      }
      return state;
    },
    limit: (id, state) =>
      prepare("update instances set data = ? where id = ?", JSON.stringify(state), id).run(),
  };
}
