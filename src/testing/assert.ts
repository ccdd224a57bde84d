/**
 * The few assertions that the cases need, so they run under any test runner.
 *
 * @module
 */
import { StorageLimitError } from "../persistence/adapter/errors.ts";
import { equal } from "../shared/equal.ts";

/** Throws unless the condition holds; `claim` says what should have been true. */
export function assert(condition: unknown, claim: string): asserts condition {
  if (!condition) throw new Error(`Expected that ${claim}`);
}

/** Throws unless both values are the same, type by type. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (equal(actual, expected)) return;
  throw new Error(`Expected ${what} to be ${show(expected)}, but got ${show(actual)}`);
}

/** Throws unless the promise rejects with an error of this name, which is returned. */
export async function assertRejects(
  promise: Promise<unknown>,
  name: string,
  what: string,
): Promise<Error> {
  let outcome: unknown;
  try {
    outcome = await promise;
  } catch (error) {
    if (error instanceof Error && error.name === name) return error;
    throw new Error(`Expected ${what} to reject with ${name}, but got ${error}`, { cause: error });
  }
  throw new Error(`Expected ${what} to reject with ${name}, but it resolved with ${show(outcome)}`);
}

/** Throws unless the promise rejects with rian's `StorageLimitError`, which is returned, and says by how much. */
export async function assertTooLarge(
  promise: Promise<unknown>,
  what: string,
): Promise<StorageLimitError> {
  const error = await assertRejects(promise, "StorageLimitError", what);
  assert(error instanceof StorageLimitError, "it is the StorageLimitError of rian");
  assert(error.actual > error.allowed, "it says what was allowed and what was needed");
  return error;
}

function show(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => {
    if (typeof part === "bigint") return `${part}n`;
    if (part instanceof Map || part instanceof Set) return { [part.constructor.name]: [...part] };
    if (part === undefined || Number.isNaN(part) || Object.is(part, -0)) return `<${part}>`;
    return part;
  }) ?? String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
