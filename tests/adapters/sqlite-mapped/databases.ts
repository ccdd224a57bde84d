import Database from "better-sqlite3";
import { DatabaseSync } from "node:sqlite";

/** An empty database in memory of each library that a store takes handles of. */
export const databases: readonly { readonly library: string; readonly open: () => DatabaseSync }[] =
  [
    { library: "node:sqlite", open: () => new DatabaseSync(":memory:") },
    {
      library: "better-sqlite3",
      // What the tests call is the same in both.
      open: () => new Database(":memory:") as unknown as DatabaseSync,
    },
  ];
