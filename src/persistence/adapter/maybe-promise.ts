/**
 * Values that may be there already. A promise costs a turn of the event loop and memory, which is much compared with a
 * database in this process, so what is there at once is used at once.
 *
 * @module
 */

/** A value, or the promise of one. */
export type MaybePromise<Value> = Value | Promise<Value>;

/** Returns whether a value has to be awaited. */
export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
  return typeof (value as Promise<Value> | undefined)?.then === "function";
}

/** Calls `next` with a value: at once if it is there. */
export function whenReady<Value, Result>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Returns what `run` returns, or what `recover` makes of its error, thrown or rejected. */
export function recovered<Value>(
  run: () => MaybePromise<Value>,
  recover: (error: unknown) => MaybePromise<Value>,
): MaybePromise<Value> {
  try {
    const value = run();
    return isPromise(value) ? value.catch(recover) : value;
  } catch (error) {
    return recover(error);
  }
}
