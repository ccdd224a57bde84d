import type {
  Adapter,
  Capabilities,
  Entry,
  Key,
  Write,
} from "../../../src/persistence/adapter/adapter.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { Ramify, type RamifyStore, type Schema } from "../../../src/store/mod.ts";

/** The document of most tests. */
export interface Todo {
  id: number;
  title: string;
  done?: boolean;
  list?: string;
}

export type TodoStore = RamifyStore<{
  todos: Schema<Todo, "id">;
  lists: Schema<{ name: string; color?: string }, "name">;
}>;

/** Creates a store with two empty collections. */
export function todoStore(): TodoStore {
  return new Ramify().createStore<{
    todos: Schema<Todo, "id">;
    lists: Schema<{ name: string; color?: string }, "name">;
  }>({
    todos: { primaryKey: "id", indexes: ["done", "list"] },
    lists: { primaryKey: "name" },
  });
}

/** A clock that stands still until a test moves it. */
export class TestClock {
  #now = 1_800_000_000_000;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers = this.#timers.filter((each) => each !== timer);
  }

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Lets everything that is due within this many milliseconds happen, and all that follows from it. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settled();
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.clearTimeout(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }

  /** Moves on until a promise is settled. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const noted = () => {
      isSettled = true;
    };
    promise.then(noted, noted);
    for (let step = 0; step < 10_000; step++) {
      // What takes this long waits for a real platform, which needs real time.
      await (step < 200 ? settled() : new Promise((resolve) => setTimeout(resolve)));
      if (isSettled) break;
      await this.advance(100);
    }
    if (!isSettled) throw new Error("nothing happened for 1,000 seconds of the test's time");
    return await promise;
  }
}

/** A clock for real platforms on which nobody waits: as soon as a timer is set, its time has come. */
export class HastyClock {
  #now = 1_800_000_000_000;

  now(): number {
    return this.#now;
  }

  setTimeout(callback: () => void, milliseconds: number): unknown {
    const timer = { isSet: milliseconds < Infinity };
    void settled().then(() => {
      if (!timer.isSet) return;
      this.#now += milliseconds;
      callback();
    });
    return timer;
  }

  clearTimeout(timer: unknown): void {
    (timer as { isSet: boolean }).isSet = false;
  }
}

/** Lets every promise that can go on do so. */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => {
    // The fastest way to a new task; browsers and workerd have only the second.
    if (typeof setImmediate === "function") return setImmediate(resolve);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

type Act = "commit" | "clear" | "get" | "list";

/** The entry that tells one creation of a storage from the next; `storage-cleared.test.ts` looks after it. */
export const epochEntry = { type: "rian.collections", key: "_rian_epoch" } as const;

/**
 * An adapter in front of another: notes what is asked of it, and fails when a test says so. What is asked about the
 * storage's epoch goes through without notice.
 */
export class Watched implements Adapter {
  readonly name = "the test's storage";
  readonly capabilities: Capabilities;
  readonly inner: MemoryStore;
  /** What was asked, in order. */
  readonly calls: { act: Act; writes: readonly Write[] }[] = [];
  /** Called before each call is passed on; what it throws goes to the caller. */
  before: (act: Act, writes: readonly Write[]) => unknown = () => {};
  /** Called after each call that was passed on. */
  after: (act: Act, writes: readonly Write[]) => unknown = () => {};
  watch?: NonNullable<Adapter["watch"]>;
  pages?: NonNullable<Adapter["pages"]>;
  count?: NonNullable<Adapter["count"]>;

  constructor(inner: MemoryStore = new MemoryStore(), capabilities: Partial<Capabilities> = {}) {
    this.inner = inner;
    this.capabilities = { ...inner.capabilities, ...capabilities };
  }

  /** Makes it watch for changes as the adapter behind does. */
  watching(): this {
    this.watch = (type, listener) => this.inner.watch!(type, listener);
    return this;
  }

  /** All writes that were sent. */
  get writes(): readonly Write[] {
    return this.calls.flatMap(({ writes }) => writes);
  }

  get(type: string, key: Key): Promise<Entry | undefined> {
    if (isEpoch({ type, key })) return this.inner.get(type, key);
    return this.#through("get", [], () => this.inner.get(type, key));
  }

  async *list(...parameters: Parameters<Adapter["list"]>): AsyncGenerator<Entry> {
    await this.#through("list", [], () => Promise.resolve());
    yield* this.inner.list(...parameters);
  }

  commit(writes: readonly Write[]): ReturnType<Adapter["commit"]> {
    const noted = writes.filter((write) => !isEpoch(write));
    if (noted.length === 0) return this.inner.commit(writes);
    return this.#through("commit", noted, () => this.inner.commit(writes));
  }

  clear(type: string): Promise<void> {
    return this.#through("clear", [], () => this.inner.clear(type));
  }

  load(type: string, id: string): ReturnType<Adapter["load"]> {
    return this.inner.load(type, id);
  }

  persist(...parameters: Parameters<Adapter["persist"]>): Promise<void> {
    return this.inner.persist(...parameters);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  async #through<T>(act: Act, writes: readonly Write[], call: () => Promise<T>): Promise<T> {
    this.calls.push({ act, writes });
    await this.before(act, writes);
    const result = await call();
    await this.after(act, writes);
    return result;
  }
}

function isEpoch({ type, key }: { readonly type: string; readonly key: Key }): boolean {
  return type === epochEntry.type && key === epochEntry.key;
}

/** Creates a storage that holds this many to-dos. */
export async function storageWith(count: number): Promise<Watched> {
  const storage = new Watched();
  await storage.inner.commit(
    Array.from({ length: count }, (_, id) => {
      return { type: "todos", key: id, value: { id, title: `stored ${id}`, done: id % 2 === 0 } };
    }),
  );
  return storage;
}

/** Returns the documents of a type in storage, by key. */
export async function stored(adapter: Adapter, type: string): Promise<Map<Key, unknown>> {
  const found = new Map<Key, unknown>();
  for await (const { key, value } of adapter.list(type)) found.set(key, value);
  return found;
}

/** Returns a promise, and the function that resolves it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
