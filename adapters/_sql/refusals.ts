/**
 * What a constraint that others have put on a table refuses: which document, why, and what to do about it.
 *
 * @module
 */
import { describeKey } from "../../src/shared/key.ts";
import type { SqlStatement, VersionedWrite } from "./statements.ts";

/** SQLite's words, and the cure. */
const refusals: readonly (readonly [words: RegExp, cure: string])[] = [
  [
    /NOT NULL constraint failed: [^']*/,
    "give the document a value for it, or let the column be null",
  ],
  [
    /UNIQUE constraint failed: .*/,
    "another row has the same there; change the document, or let the column have it more than once",
  ],
  [/cannot store \w+ value in \w+ column .*/, "change the document or the type of the column"],
  [/datatype mismatch/, "an integer primary key takes nothing else; use such keys, or change it"],
  [/cannot (INSERT into|UPDATE) generated column [^']*/, "let it be an ordinary column"],
  [/(CHECK|FOREIGN KEY) constraint failed.*/, "change the document or the constraint"],
];

/** Fails, so its transaction is rolled back. */
const takeBack: SqlStatement = { sql: "select json('taken back')", parameters: [] };

/** What SQLite says, and the cure. */
interface Refusal {
  readonly words: string;
  readonly cure: string;
}

interface RefusedCommit {
  /** The adapter's name. */
  readonly name: string;
  readonly writes: readonly VersionedWrite[];
  /** Returns the tables of a type. */
  readonly tablesOf: (type: string) => readonly string[];
  /** Makes some of the writes, and then runs these statements, in one transaction. */
  readonly attempt: (
    writes: readonly VersionedWrite[],
    afterwards: readonly SqlStatement[],
  ) => Promise<unknown>;
}

/** Returns the error to throw when a commit has failed: the same, unless a constraint is why. */
export async function explainRefusal(cause: unknown, commit: RefusedCommit): Promise<unknown> {
  const refusal = refusalIn(cause);
  if (!refusal) return cause;
  const { write: { type, key }, words, cure } = await findRefused(commit, refusal);
  const tables = commit.tablesOf(type);
  const place = `the ${tables.length > 1 ? "tables" : "table"} ${tables.join(" and ")}`;
  return new Error(
    `Cannot commit to ${commit.name}: ${type}/${describeKey(key)} does not fit into ${place}: ` +
      `${words}; ${cure}`,
    { cause },
  );
}

/** Finds the first write that cannot be made after those before it: the database says only that there is one. */
async function findRefused(
  { writes, attempt }: RefusedCommit,
  refusal: Refusal,
): Promise<Refusal & { readonly write: VersionedWrite }> {
  let [taken, refused] = [0, writes.length];
  let found = refusal;
  while (refused - taken > 1) {
    const middle = (taken + refused) >> 1;
    const error = await attempt(writes.slice(0, middle), [takeBack]).catch((error) => error);
    const earlier = refusalIn(error);
    if (earlier) [refused, found] = [middle, earlier];
    else taken = middle;
  }
  return { ...found, write: writes[refused - 1]! };
}

function refusalIn(error: unknown): Refusal | undefined {
  const text = String(error).replace(/: SQLITE_\w+.*/, "");
  for (const [pattern, cure] of refusals) {
    const [words] = pattern.exec(text) ?? [];
    if (words !== undefined) return { words, cure };
  }
  return undefined;
}
