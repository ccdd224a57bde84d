import type { Clock } from "../shared/clock.ts";
import { withDeadline } from "../shared/deadline.ts";
import { type Address, addressKey } from "./address.ts";
import type { Memory } from "./bounded-maps.ts";

/** Thrown when the storage did not let itself be read. Nothing was changed, and it may work later. */
export class UnavailableError extends Error {}

/** Options of {@link StoreCalls}. */
export interface StoreCallOptions {
  readonly clock: Clock;
  /** Milliseconds that a call may take. */
  readonly storageTimeout: number;
  /** Writes that were given up and may still land, by the keys of their addresses. */
  readonly late: Memory<Promise<void>>;
}

/** Calls one store, with a deadline for each call. */
export class StoreCalls {
  readonly #name: string;
  readonly #options: StoreCallOptions;

  /** `name` is what errors call the store. */
  constructor(name: string, options: StoreCallOptions) {
    this.#name = name;
    this.#options = options;
  }

  /**
   * Reads from the store.
   *
   * @throws {UnavailableError} if the call fails or takes too long
   * @throws {UnreadableEntryError} if what is stored is damaged
   */
  async read<Result>(call: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await this.write(call);
    } catch (cause) {
      if (isUnreadable(cause)) throw cause;
      throw new UnavailableError("The storage cannot be read", { cause });
    }
  }

  /** Writes to the store. A write that has been given up may still land. */
  write<Result>(call: () => Result | Promise<Result>): Promise<Result> {
    return this.#inTime(started(call));
  }

  /**
   * Writes to a store that compares nothing. A write that has been given up holds its instances: {@link released}
   * waits until it has settled, or it might land on what was written after it.
   */
  async writeAlone(
    addresses: readonly Address[],
    call: () => unknown,
  ): Promise<void> {
    const { late } = this.#options;
    const keys = addresses.map(addressKey);
    let isSettled = false;
    const running = started(call);
    function settle(): void {
      isSettled = true;
      for (const key of keys) if (late.get(key) === settled) late.delete(key);
    }
    const settled = running.then(settle, settle);
    try {
      await this.#inTime(running);
    } finally {
      for (const key of isSettled ? [] : keys) late.set(key, settled);
    }
  }

  /**
   * Resolves once no write that was given up can land on an instance any more.
   *
   * @throws {UnavailableError} if that takes too long
   */
  async released(address: Address): Promise<void> {
    const late = this.#options.late.get(addressKey(address));
    if (late) await this.read(() => late);
  }

  async #inTime<Result>(call: Promise<Result>): Promise<Result> {
    let isSettled = false;
    const settle = () => void (isSettled = true);
    call.then(settle, settle);
    // What is there at once needs no timer.
    await undefined;
    if (isSettled) return await call;
    const { clock, storageTimeout: milliseconds } = this.#options;
    return await withDeadline(call, {
      clock,
      milliseconds,
      name: this.#name,
      option: "storageTimeout",
    });
  }
}

/** Calls a store, which may also throw, or return what is no promise. */
function started<Result>(call: () => Result | Promise<Result>): Promise<Result> {
  try {
    return Promise.resolve(call());
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Returns whether what is stored is damaged: it is there, and reading it again would be no use. */
export function isUnreadable(error: unknown): boolean {
  // By name, since an adapter may come with a copy of its own of the class.
  return (error as Error | null | undefined)?.name === "UnreadableEntryError";
}

/** Returns whether a read has failed since the store is closed: no other one is going to succeed. */
export function isClosed(error: unknown): boolean {
  const cause = error instanceof UnavailableError ? error.cause : undefined;
  return (cause as { readonly isClosed?: boolean } | null | undefined)?.isClosed === true;
}
