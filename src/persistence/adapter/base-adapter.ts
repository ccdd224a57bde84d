import { checkOptions } from "../../shared/check-options.ts";
import * as kind from "../../shared/kinds.ts";
import type {
  Adapter,
  Capabilities,
  Entry,
  Key,
  ListOptions,
  Store,
  Version,
  Write,
} from "./adapter.ts";
import { type EntryPage, siftPage } from "./entry-page.ts";
import { ClosedError } from "./errors.ts";
import { encodeKey } from "./keys.ts";
import { isPromise, type MaybePromise, whenReady } from "./maybe-promise.ts";
import { partitionSteps } from "./partition.ts";
import {
  assertType,
  type EncodeContext,
  prepareCommit,
  type PreparedCheck,
  type PreparedStep,
  type PreparedWrite,
} from "./prepare.ts";

/** Which part of a type to read, in ascending order of the encoded keys unless `reverse` is set. */
export interface KeyRange {
  /** Only encoded keys after this one, or before it when reversed. */
  readonly after: string | undefined;
  /** No more entries than this are wanted; may be `Infinity`. */
  readonly limit: number;
  /** From the last key to the first. */
  readonly reverse: boolean;
}

const listKinds: kind.Kinds<ListOptions> = {
  after: kind.anything,
  limit: { fits: (value) => typeof value === "number", cure: "a whole number from 0 up" },
  reverse: kind.flag,
  onUnreadable: kind.callback,
};

const noChecks: readonly PreparedCheck[] = [];

/**
 * What all adapters share: it checks arguments, encodes keys and values, folds writes to one entry, splits large
 * commits, and refuses calls after `close`. A backend fills in the protected methods, which receive encoded keys and
 * checked writes, and run while the adapter is open.
 *
 * `docs/adapters.md` shows a whole adapter built on it.
 *
 * @typeParam Encoded What `encode` makes of a value, such as a string.
 */
export abstract class BaseAdapter<Encoded> implements Adapter {
  /** The backend, as errors name it. */
  abstract readonly name: string;
  /** What the backend promises. */
  abstract readonly capabilities: Capabilities;
  #running = 0;
  #onIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Returns a storable value as the backend keeps it. It runs before `commit` returns its promise, so what the caller
   * does to the value later does not reach the store.
   *
   * @throws {StorageLimitError} when the value is larger than the backend allows.
   */
  protected abstract encode(value: unknown, context: EncodeContext): Encoded;
  /**
   * Returns the entry under an encoded key, or `undefined` if there is none or it has expired.
   *
   * @throws {UnreadableEntryError} when the entry is damaged.
   */
  protected abstract readEntry(type: string, encodedKey: string): MaybePromise<Entry | undefined>;
  /**
   * Yields the entries of a range in order. A page holds few enough entries and bytes that memory does not grow with
   * the type. It may hold more than `range.limit` entries; the rest is left out.
   */
  protected abstract readPages(type: string, range: KeyRange): AsyncIterable<EntryPage>;
  /**
   * Applies the writes all or none, each to an entry of its own, and returns the version that each leaves behind. The
   * checks have to hold, too; no entry is in both. {@link conditionsOf} joins them with the conditions of the writes.
   * Without conditional writes (`capabilities.conditional`) there are no checks.
   *
   * @throws {ConflictError} when an `ifVersion` does not hold.
   */
  protected abstract write(
    writes: readonly PreparedWrite<Encoded>[],
    checks: readonly PreparedCheck[],
  ): MaybePromise<readonly (Version | null)[]>;
  /** Writes the parts of a commit that is more than can be all or nothing: one after the other, unless overridden. */
  protected async writeParts(
    parts: readonly (readonly PreparedWrite<Encoded>[])[],
  ): Promise<readonly (Version | null)[]> {
    const versions: (Version | null)[] = [];
    for (const part of parts) versions.push(...await this.write(part, noChecks));
    return versions;
  }
  /** Removes every entry of a type, damaged ones too. */
  protected abstract clearType(type: string): MaybePromise<void>;

  /**
   * Returns how many bytes of `capabilities.atomicBytes` a write takes. A check is measured as a delete.
   *
   * @throws {StorageLimitError} when the backend cannot hold its key.
   */
  protected measure(_write: PreparedWrite<Encoded>): number {
    return 0;
  }

  /** Releases what the adapter opened itself. */
  protected release(): Promise<void> {
    return Promise.resolve();
  }

  /** Refuses a call after `close`, and what is not a type. What an adapter adds, such as `watch`, begins with it. */
  protected assertCallable(type: string): void {
    this.#assertOpen();
    assertType(type);
  }

  get(type: string, key: Key): Promise<Entry | undefined> {
    return this.run(() => this.#get(type, key));
  }

  async *list(type: string, options: ListOptions = {}): AsyncGenerator<Entry, void, undefined> {
    for await (const page of this.pages(type, options)) {
      for (const entry of page) {
        yield entry;
        this.#assertOpen();
      }
    }
  }

  async *pages(
    type: string,
    options: ListOptions = {},
  ): AsyncGenerator<readonly Entry[], void, undefined> {
    this.assertCallable(type);
    const kinds = { options: kind.optionsOf(listKinds) };
    const { after, limit = Infinity, reverse = false, onUnreadable } =
      checkOptions(`list ${type}`, { options }, kinds).options;
    if (!(limit === Infinity || (Number.isInteger(limit) && limit >= 0))) {
      throw new RangeError(`Cannot list ${type}: limit is ${limit}; pass ${listKinds.limit.cure}`);
    }
    const range = { after: after === undefined ? undefined : encodeKey(after), limit, reverse };
    const pages = this.readPages(type, range)[Symbol.asyncIterator]();
    let left = limit;
    try {
      while (left > 0) {
        // Each page is a running call; the list is not, as its reader may never ask for the next page.
        const { value: page, done } = await this.run(() => pages.next());
        if (done) return;
        const { entries, error } = siftPage(page, { limit: left, onUnreadable });
        if (entries.length > 0) yield entries;
        if (error) throw error;
        left -= entries.length;
      }
    } finally {
      await pages.return?.();
    }
  }

  commit(writes: readonly Write[]): Promise<readonly (Version | null)[]> {
    return this.run(() => {
      const prepared = prepareCommit(writes, this, (value, context) => this.encode(value, context));
      const parts = partitionSteps(prepared.steps, this, (step) => this.measure(step));
      const written = parts.length === 1 ? this.#apply(parts[0]!) : this.writeParts(parts);
      return whenReady(written, (versions) => {
        return prepared.settledBy.map((position) => versions[position]!);
      });
    });
  }

  clear(type: string): Promise<void> {
    return this.run(() => {
      assertType(type);
      return this.clearType(type);
    });
  }

  close(): Promise<void> {
    return this.#closing ??= this.#releaseWhenIdle();
  }

  load(type: string, id: string): ReturnType<Store["load"]> {
    return this.run(() => whenReady(this.#get(type, id), (entry) => entry?.value ?? null));
  }

  async persist(
    type: string,
    id: string,
    _diff: Record<string, unknown>,
    full: unknown,
  ): Promise<void> {
    await this.commit([{ type, key: id, value: full }]);
  }

  /** Makes a call for which `close` waits. What an adapter adds, such as `count`, is made with it. */
  protected async run<Result>(call: () => MaybePromise<Result>): Promise<Result> {
    this.#assertOpen();
    this.#running++;
    try {
      const result = call();
      return isPromise(result) ? await result : result;
    } finally {
      if (--this.#running === 0) this.#onIdle?.();
    }
  }

  #apply(steps: readonly PreparedStep<Encoded>[]): MaybePromise<readonly (Version | null)[]> {
    if (!steps.some(isCheck)) return this.write(steps, noChecks);
    const writes = steps.filter((step) => !step.check);
    return whenReady(this.write(writes, steps.filter(isCheck)), (versions) => {
      const written = versions.values();
      return steps.map((step) => isCheck(step) ? step.ifVersion : written.next().value!);
    });
  }

  #get(type: string, key: Key): MaybePromise<Entry | undefined> {
    assertType(type);
    return this.readEntry(type, encodeKey(key));
  }

  async #releaseWhenIdle(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#onIdle = resolve);
    await this.release();
  }

  #assertOpen(): void {
    if (!this.#closing) return;
    throw new ClosedError(`Cannot use ${this.name}: this adapter is closed; open another one`);
  }
}

function isCheck<Encoded>(
  step: PreparedStep<Encoded>,
): step is PreparedStep<Encoded> & PreparedCheck {
  return step.check;
}
