/**
 * What a constraint of the database refuses, in its own words, whichever driver says so.
 *
 * @module
 */

/** A constraint that refused a statement. */
export interface Violation {
  /** The kind of constraint, as a `ConstraintError` names it. */
  readonly constraint: string;
  /** What SQLite says, or the trigger. */
  readonly words: string;
}

/** By SQLite's extended result codes, https://sqlite.org/rescode.html#extrc. Only `node:sqlite` gives the numbers. */
const kinds: readonly (readonly [name: string, code: number, constraint: string])[] = [
  ["CHECK", 275, "check"],
  ["FOREIGNKEY", 787, "foreign key"],
  ["NOTNULL", 1299, "not null"],
  ["PRIMARYKEY", 1555, "primary key"],
  ["TRIGGER", 1811, "trigger"],
  ["UNIQUE", 2067, "unique"],
  ["ROWID", 2579, "primary key"],
  ["DATATYPE", 3091, "type"],
];

/** SQLite's words where an error has no code, or the code of no constraint although it is just as final. */
const words: readonly (readonly [pattern: RegExp, constraint: string])[] = [
  [/NOT NULL constraint failed: [^']*/, "not null"],
  [/UNIQUE constraint failed: .*/s, "unique"],
  [/CHECK constraint failed: .*/s, "check"],
  [/FOREIGN KEY constraint failed/, "foreign key"],
  [/cannot store \w+ value in \w+ column .*/s, "type"],
  [/datatype mismatch/, "type"],
  [/cannot (INSERT into|UPDATE) generated column .*/s, "generated column"],
];

/** What D1 and Durable Objects put after the words. */
const suffix = /: SQLITE_([A-Z]+)(?: \(extended: SQLITE_CONSTRAINT_([A-Z]+)\))?$/;

/** Returns the constraint that an error says was violated, or `undefined` if the error is of another kind. */
export function violationIn(error: unknown): Violation | undefined {
  const { message = String(error), code, errcode } = Object(error) as {
    readonly message?: string;
    readonly code?: unknown;
    readonly errcode?: unknown;
  };
  const text = message.replace(/^D1_ERROR: /, "");
  const own = text.replace(suffix, "");
  const [, primary, extended] = suffix.exec(text) ?? [];
  if (typeof code === "string" && code.startsWith("SQLITE_CONSTRAINT")) {
    return { constraint: kindNamed(code.slice("SQLITE_CONSTRAINT_".length)), words: own };
  }
  if (typeof errcode === "number" && (errcode & 255) === 19) {
    const kind = kinds.find(([, number]) => number === errcode);
    return { constraint: kind?.[2] ?? "constraint", words: own };
  }
  if (primary === "CONSTRAINT" && extended !== undefined) {
    return { constraint: kindNamed(extended), words: own };
  }
  for (const [pattern, constraint] of words) {
    const [found] = pattern.exec(own) ?? [];
    if (found !== undefined) return { constraint, words: found };
  }
  return primary === "CONSTRAINT" ? { constraint: "constraint", words: own } : undefined;
}

function kindNamed(name: string): string {
  return kinds.find(([each]) => each === name)?.[2] ?? "constraint";
}
