import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import {
  persist,
  type Persistence,
  type PersistOptions,
  type PersistTarget,
} from "../../../src/persistence/collections/mod.ts";
import { SharedStorage, TestPage } from "./leaving.ts";
import { TestClock, type TodoStore, todoStore } from "./support.ts";

/** A page with a store. */
export interface Opened {
  readonly page: TestPage;
  readonly db: TodoStore;
  readonly saved: Persistence;
}

/** A machine with one storage and one localStorage, on which pages open. */
export class Machine {
  readonly clock: TestClock = new TestClock();
  readonly inner: MemoryStore = new MemoryStore();
  readonly items: SharedStorage = new SharedStorage();
  readonly errors: string[] = [];

  /** Opens a store in a page, or only one of its collections. */
  async open(
    options: PersistOptions = {},
    { page = new TestPage(this.inner, this.items), db = todoStore(), target = db }: {
      readonly page?: TestPage;
      readonly db?: TodoStore;
      readonly target?: PersistTarget;
    } = {},
  ): Promise<Opened> {
    const saved = await this.clock.until(persist(target, page, {
      page,
      clock: this.clock,
      random: () => 1,
      onError: (error) => this.errors.push((error as Error).message),
      ...options,
    }));
    return { page, db, saved };
  }

  /** A page that edits, and is gone before anything is stored. */
  async crash(edit: (db: TodoStore) => void, options: PersistOptions = {}): Promise<Persistence> {
    const { page, db, saved } = await this.open(options);
    edit(db);
    page.isGone = true;
    return saved;
  }

  get names(): string[] {
    return [...this.items.items.keys()];
  }
}
