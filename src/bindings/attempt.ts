/** What a callback threw. A live query notifies its listeners of results only, so an error travels as one. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The result of a callback, or what it threw. */
export type Attempt<Result> = Result | Failure;

/** Runs a callback, and returns what it throws instead of throwing it. */
export function attempt<Result>(callback: () => Result): Attempt<Result> {
  try {
    return callback();
  } catch (error) {
    return new Failure(error);
  }
}

/** Returns the result of an attempt, or throws its error where a framework can handle it. */
export function resultOf<Result>(value: Attempt<Result>): Result {
  if (value instanceof Failure) throw value.error;
  return value;
}
