import type {
  Adapter,
  Capabilities,
  Entry,
  JournalCodec,
  Key,
  Write,
} from "../../../src/persistence/adapter/adapter.ts";
import { journalCodec } from "../../../src/persistence/adapter/codec.ts";
import type { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import type { JournalStorage, PageEvents } from "../../../src/persistence/collections/mod.ts";

/** What a call to storage meets: it is answered, fails before or after it took effect, or is never answered. */
export type Fate = "answered" | "refused" | "unheard" | "silent";

/** The localStorage that the pages of a machine share. */
export class SharedStorage implements JournalStorage {
  readonly items: Map<string, string> = new Map();
  /** How many characters it takes. */
  room: number = Infinity;

  get length(): number {
    return this.items.size;
  }

  key(index: number): string | null {
    return [...this.items.keys()][index] ?? null;
  }

  getItem(name: string): string | null {
    return this.items.get(name) ?? null;
  }

  setItem(name: string, text: string): void {
    const taken = [...this.items].reduce((sum, [each, { length }]) => {
      return each === name ? sum : sum + each.length + length;
    }, 0);
    if (taken + name.length + text.length > this.room) throw new Error("the quota is exceeded");
    this.items.set(name, text);
  }

  removeItem(name: string): void {
    this.items.delete(name);
  }
}

/** A page of a browser: what persistence hears of it, and its way to storage, which ends with it. */
export class TestPage implements PageEvents, Adapter {
  readonly name: string = "the test's storage";
  readonly journal: JournalCodec = journalCodec("test");
  readonly capabilities: Capabilities;
  readonly inner: MemoryStore;
  readonly document: PageEvents["document"] & { visibilityState: string };
  readonly localStorage: JournalStorage;
  /** Decides what becomes of the next commit; called when it begins. */
  fate: () => Fate = () => "answered";
  /** Called when a commit begins. */
  onCommit: (writes: readonly Write[]) => void = () => {};
  isGone: boolean = false;
  readonly #listeners: Map<string, Set<() => void>> = new Map();
  #isAway: Promise<void> | undefined;
  #resume = () => {};
  #leaves = 0;

  constructor(inner: MemoryStore, storage: JournalStorage) {
    this.inner = inner;
    this.capabilities = { ...inner.capabilities, conditional: "global" };
    // A page that is gone writes nothing any more.
    const ifThere = (act: () => void) => this.isGone ? undefined : act();
    this.localStorage = {
      get length() {
        return storage.length;
      },
      key: (index) => storage.key(index),
      getItem: (name) => storage.getItem(name),
      setItem: (name, text) => ifThere(() => storage.setItem(name, text)),
      removeItem: (name) => ifThere(() => storage.removeItem(name)),
    };
    const add = this.addEventListener.bind(this);
    const remove = this.removeEventListener.bind(this);
    this.document = {
      visibilityState: "visible",
      addEventListener: add,
      removeEventListener: remove,
    };
  }

  addEventListener(type: string, listener: () => void): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: () => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  /** Fires an event. */
  fire(type: "pagehide" | "pageshow" | "visibilitychange"): void {
    for (const listener of [...this.#listeners.get(type) ?? []]) listener();
  }

  suspend(): void {
    this.#leaves++;
    this.#isAway ??= new Promise((resolve) => this.#resume = resolve);
  }

  resume(): void {
    this.#isAway = undefined;
    this.#resume();
  }

  get(type: string, key: Key): Promise<Entry | undefined> {
    return this.#reach(() => this.inner.get(type, key));
  }

  async *list(...parameters: Parameters<Adapter["list"]>): AsyncGenerator<Entry> {
    await this.#reach(() => Promise.resolve());
    yield* this.inner.list(...parameters);
  }

  async commit(writes: readonly Write[]): ReturnType<Adapter["commit"]> {
    this.onCommit(writes);
    const leaves = this.#leaves;
    const fate = this.fate();
    return await this.#reach(async () => {
      if (this.#leaves > leaves) throw new DOMException("the page went away", "AbortError");
      if (fate === "refused") throw new Error("refused");
      const versions = await this.inner.commit(writes);
      if (fate === "unheard") throw new Error("the answer is lost");
      return fate === "silent" ? await forever() : versions;
    });
  }

  clear(type: string): Promise<void> {
    return this.#reach(() => this.inner.clear(type));
  }

  load(type: string, id: string): ReturnType<Adapter["load"]> {
    return this.inner.load(type, id);
  }

  persist(...parameters: Parameters<Adapter["persist"]>): Promise<void> {
    return this.inner.persist(...parameters);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Calls the storage behind; takes a few turns, in which the page may be gone. */
  async #reach<T>(call: () => Promise<T>): Promise<T> {
    await this.#isAway;
    for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    if (this.isGone) await forever();
    const result = await call();
    if (this.isGone) await forever();
    return result;
  }
}

function forever(): Promise<never> {
  return new Promise(() => {});
}
