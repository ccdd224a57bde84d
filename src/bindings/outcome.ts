/** What a callback threw. A live query tells its followers of results only, so an error travels as one. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The result of a callback, or what it threw. */
export type Outcome<Result> = Result | Failure;

/** Runs a callback that may throw. */
export function attempt<Result>(callback: () => Result): Outcome<Result> {
  try {
    return callback();
  } catch (error) {
    return new Failure(error);
  }
}

/** Gives the result, or throws the error where a framework can handle it. */
export function settle<Result>(outcome: Outcome<Result>): Result {
  if (outcome instanceof Failure) throw outcome.error;
  return outcome;
}
