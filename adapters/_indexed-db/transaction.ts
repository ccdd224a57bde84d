import { pageLeft } from "./errors.ts";

/** What a call asks of one transaction, in callbacks: while a promise is awaited, a page that goes away is gone. */
export type Ask<Result> = (transaction: Asking<Result>) => void;

/** A transaction as {@link Ask} receives it. */
export interface Asking<Result> {
  /** The documents. */
  readonly entries: IDBObjectStore;
  /** Whether the same was asked of a connection that ended, so it may have been written already. */
  readonly isRepeat: boolean;
  /** Calls back whenever the request succeeds. What the callback throws ends the transaction. */
  readonly after: <Value>(request: IDBRequest<Value>, next: (value: Value) => void) => void;
  /** Hands over the result. What was asked is committed, and nothing more can be asked of a transaction that writes. */
  readonly finish: (result: Result) => void;
}

/** A transaction that has begun. */
export interface Running<Result> {
  /** Resolves once what was read is there, or what was written is stored; rejects when nothing was written. */
  readonly result: Promise<Result>;
  /** Ends the transaction because the page goes away, unless it is being committed already. */
  readonly leave: () => void;
  /** Gives the transaction up, whose connection was closed: some browsers never say that it has ended. */
  readonly giveUp: () => void;
}

/** What a transaction rejects with that only read when the page went away, so it can begin anew. */
export const leftWhileReading: Error = new Error("The page went away");

/**
 * Asks one transaction.
 *
 * @throws {DOMException} when the connection is closed.
 */
export function transact<Result>(
  database: IDBDatabase,
  { mode, isRepeat, ask, onEnd }: {
    readonly mode: "readonly" | "readwrite";
    readonly isRepeat: boolean;
    readonly ask: Ask<Result>;
    /** Called when the transaction is over, which is later than a result that was read. */
    readonly onEnd: () => void;
  },
): Running<Result> {
  const transaction = database.transaction("entries", mode, { durability: "relaxed" });
  let problem: unknown;
  function end(reason: unknown): void {
    problem ??= reason;
    try {
      // Left alone, a transaction commits what was asked of it before the error.
      transaction.abort();
    } catch {
      // It is over, or being committed, and will say so.
    }
  }
  let reject: (problem: unknown) => void;
  const result = new Promise<Result>((resolve, rejectResult) => {
    let found: Result;
    reject = rejectResult;
    transaction.oncomplete = () => {
      onEnd();
      resolve(found);
    };
    transaction.onabort = () => {
      onEnd();
      reject(problem ?? transaction.error ?? new DOMException("", "AbortError"));
    };
    function guarded(call: () => void): void {
      try {
        call();
      } catch (error) {
        end(error);
      }
    }
    guarded(() =>
      ask({
        entries: transaction.objectStore("entries"),
        isRepeat,
        after(request, next) {
          request.onsuccess = () => guarded(() => next(request.result));
        },
        finish(result) {
          found = result;
          // Otherwise the browser would first have to find out that nothing follows.
          if (mode === "readwrite") transaction.commit();
          else resolve(result);
        },
      })
    );
  });
  return {
    result,
    leave: () => end(mode === "readonly" ? leftWhileReading : pageLeft()),
    giveUp() {
      end(new DOMException("", "InvalidStateError"));
      onEnd();
      reject(problem);
    },
  };
}
