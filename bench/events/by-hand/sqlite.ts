import type Database from "better-sqlite3";
import type { ByHand } from "../rows.ts";
import { alreadyUsed, claimOf } from "./claim.ts";

interface Row {
  readonly data: string;
  readonly version: number;
}

/** What one would write by hand on SQLite: JSON in a table, a conditional update, and a receipt in its transaction. */
export function sqliteByHand(database: Database.Database): ByHand {
  database.exec(`
    create table instances (id text primary key, data text not null, version integer not null);
    create table receipts (event_id text primary key, claim text not null, rev integer not null, at integer not null)
      without rowid;
  `);
  const insert = database.prepare("insert into instances values (?, ?, 1)");
  const select = database.prepare("select data, version from instances where id = ?");
  const update = database.prepare(
    "update instances set data = ?, version = version + 1 where id = ? and version = ?",
  );
  const blind = database.prepare("update instances set data = ? where id = ?");
  const find = database.prepare("select claim, rev from receipts where event_id = ?");
  const note = database.prepare("insert into receipts values (?, ?, ?, ?)");

  function change(id: string, step: (state: unknown) => unknown): { state: unknown; rev: number } {
    const { data, version } = select.get(id) as Row;
    const state = step(JSON.parse(data));
    const { changes } = update.run(JSON.stringify(state), id, version);
    if (changes !== 1) throw new Error("it was changed in between");
    return { state, rev: version + 1 };
  }

  const once = database.transaction((id: string, step: (state: unknown) => unknown, receipt: {
    readonly eventId: string;
    readonly payload: unknown;
  }) => {
    const claim = claimOf(receipt.payload);
    const found = find.get(receipt.eventId) as { claim: string } | undefined;
    if (found) throw alreadyUsed(found.claim, claim);
    const { state, rev } = change(id, step);
    note.run(receipt.eventId, claim, rev, Date.now());
    return state;
  });

  let text: string | undefined;
  return {
    mount: (id, state) => insert.run(id, JSON.stringify(state)),
    event: (id, step, receipt) =>
      receipt ? once.immediate(id, step, receipt) : change(id, step).state,
    limit(id, state) {
      if (text === undefined || text.length < 100 !== JSON.stringify(state).length < 100) {
        text = JSON.stringify(state);
      }
      blind.run(text, id);
    },
  };
}
