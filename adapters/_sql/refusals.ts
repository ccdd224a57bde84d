/**
 * Which write a constraint refuses, why, and what to do about it.
 *
 * @module
 */
import { ConflictError } from "../../src/persistence/adapter/errors.ts";
import { ConstraintError } from "../../src/shared/errors.ts";
import { describeKey } from "../../src/shared/key.ts";
import type { Read } from "./driver.ts";
import type { TableOfType } from "./layout.ts";
import type { SqlStatement, VersionedWrite } from "./statements.ts";
import { type Violation, violationIn } from "./violation.ts";
import { placeOf } from "./violated-place.ts";

/** What to do, by the words or else by the kind of constraint. */
const cures: Readonly<Record<string, string>> = {
  "primary key": "another row has the same there; change the document",
  unique: "another row has the same there; change one of them",
  "not null": "give the document a value for it, or let the column be null",
  "foreign key": "let the document refer to a row that is there, or store that first",
  "datatype mismatch": "an integer primary key takes nothing else; use such keys, or change it",
  type: "change the document or the type of the column",
  "generated column": "let it be an ordinary column",
};

const otherCure = "change the document or the constraint";

/** Fails, so its transaction is rolled back. */
const takeBack: SqlStatement = { sql: "select json('taken back')", parameters: [] };
const isTakenBack = (error: unknown) => /malformed JSON/i.test(String(error));

/** What a call needs to have explained why it failed. */
interface RefusedCall {
  /** The adapter's name. */
  readonly name: string;
  /** Returns the tables of a type. */
  readonly tablesOf: (type: string) => readonly TableOfType[];
  readonly read: Read;
}

/** A commit that failed. */
interface RefusedCommit extends RefusedCall {
  readonly writes: readonly VersionedWrite[];
  /** Makes some of the writes, and then runs these statements, in one transaction. */
  readonly attempt: (
    writes: readonly VersionedWrite[],
    afterwards: readonly SqlStatement[],
  ) => Promise<unknown>;
}

/** Returns the error to throw when a commit has failed: the same, unless a constraint is why. */
export async function explainRefusal(cause: unknown, commit: RefusedCommit): Promise<unknown> {
  const refusal = violationIn(cause);
  if (!refusal || commit.writes.length === 0) return cause;
  const { write, violation } = await findRefused(commit, refusal);
  const { type, key } = write ?? { type: await likelyType(commit, violation) };
  const which = key === undefined ? "one of the documents" : `${type}/${describeKey(key)}`;
  return await toError(violation, { ...commit, cause, type, key, what: `commit to`, which });
}

/** Returns the error to throw when the documents of a type could not be cleared. */
export async function explainClearing(
  cause: unknown,
  type: string,
  call: RefusedCall,
): Promise<unknown> {
  const violation = violationIn(cause);
  if (!violation) return cause;
  const which = "removing a document";
  return await toError(violation, { ...call, cause, type, what: `clear ${type} in`, which });
}

/** Returns the error for a write that changed no row: its condition does not hold, or else a trigger ignores it. */
export function unwrittenError(name: string, { type, key, ifVersion }: VersionedWrite): Error {
  if (ifVersion !== undefined) return new ConflictError(name, type, key);
  const entry = `${type}/${describeKey(key)}`;
  return new ConstraintError(
    `Cannot commit to ${name}: ${entry} violates trigger (it ignores the write); ${otherCure}`,
    { type, key, constraint: "trigger" },
  );
}

async function toError(
  violation: Violation,
  { name, tablesOf, read, cause, type, key, what, which }: RefusedCall & {
    readonly cause: unknown;
    readonly type: string;
    readonly key?: VersionedWrite["key"] | undefined;
    readonly what: string;
    readonly which: string;
  },
): Promise<ConstraintError> {
  const { constraint, words } = violation;
  const { table, columns, field, path } = await placeOf(violation, tablesOf(type), read);
  const violated = field === undefined ? constraint : `${constraint} ${path ?? field}`;
  return new ConstraintError(
    `Cannot ${what} ${name}: ${which} violates ${violated} (${words}); ` +
      (cures[words] ?? cures[constraint] ?? otherCure),
    {
      ...{ cause, type, constraint },
      ...key !== undefined && { key },
      ...field !== undefined && { field },
      ...table !== undefined && { table },
      ...columns !== undefined && { columns },
      ...path !== undefined && { path },
    },
  );
}

/**
 * Finds the first write that cannot be made after those before it: the database says only that there is one. It finds
 * none where a constraint waits for the end of the transaction, or what is stored has changed since.
 */
async function findRefused(
  { writes, attempt }: RefusedCommit,
  refusal: Violation,
): Promise<{ readonly write?: VersionedWrite; readonly violation: Violation }> {
  if (writes.length === 1) return { write: writes[0]!, violation: refusal };
  let [taken, refused] = [0, writes.length + 1];
  let violation = refusal;
  while (refused - taken > 1) {
    const middle = Math.min((taken + refused) >> 1, writes.length);
    const error = await attempt(writes.slice(0, middle), [takeBack]).catch((error) => error);
    const earlier = violationIn(error);
    if (earlier) [refused, violation] = [middle, earlier];
    else if (isTakenBack(error)) taken = middle;
    else return { violation: refusal };
  }
  const write = writes[refused - 1];
  return write ? { write, violation } : { violation: refusal };
}

/** The type whose table the database names, or else the first of the commit. */
async function likelyType(
  { writes, tablesOf, read }: RefusedCommit,
  violation: Violation,
): Promise<string> {
  const types = [...new Set(writes.map(({ type }) => type))];
  const { table } = await placeOf(violation, types.flatMap((type) => tablesOf(type)), read);
  const has = (type: string) => tablesOf(type).some(({ name }) => name === table);
  return types.find(has) ?? types[0]!;
}
