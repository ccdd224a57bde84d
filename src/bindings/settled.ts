/** What a callback threw. A live query notifies its listeners of results only, so an error is passed on as a result. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The result of a callback, or what it threw. */
export type Settled<Result> = Result | Failure;

/** Runs a callback, and returns what it throws instead of throwing it. */
export function settle<Result>(callback: () => Result): Settled<Result> {
  try {
    return callback();
  } catch (error) {
    return new Failure(error);
  }
}

/** Returns the result, or throws the error where a framework can handle it. */
export function resultOf<Result>(settled: Settled<Result>): Result {
  if (settled instanceof Failure) throw settled.error;
  return settled;
}

/**
 * Refuses anything but a function, such as a query.
 *
 * @throws {TypeError} that says what to pass.
 */
export function assertCallback(callback: unknown): void {
  if (typeof callback === "function") return;
  throw new TypeError(
    "Cannot use a live query: callback is not a function; pass one, such as () => db.todos.toArray()",
  );
}
