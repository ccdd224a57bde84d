import type { Key } from "../../../src/persistence/adapter/adapter.ts";
import {
  persist,
  type Persistence,
  type PersistOptions,
} from "../../../src/persistence/collections/mod.ts";
import { TestClock, type TodoStore, todoStore, Watched } from "./support.ts";

/** A followed store, its storage, and when that was written. */
export interface Paced {
  readonly clock: TestClock;
  readonly storage: Watched;
  readonly db: TodoStore;
  readonly saved: Persistence;
  /** In milliseconds since the start. */
  readonly times: { key: Key | "all"; at: number }[];
}

/** Follows a store on a platform that takes a key once a second, as Workers KV does. */
export async function paced(options: PersistOptions = {}): Promise<Paced> {
  const clock = new TestClock();
  const begun = clock.now();
  const storage = new Watched(undefined, {
    conditional: "none",
    atomicWrites: 1,
    writesPerSecondPerKey: 1,
  });
  const times: Paced["times"] = [];
  storage.before = (act, writes) => {
    if (act === "clear") times.push({ key: "all", at: clock.now() - begun });
    for (const { key } of writes) times.push({ key, at: clock.now() - begun });
  };
  const db = todoStore();
  const saved = await persist(db, storage, {
    clock,
    debounce: 10,
    maxWait: 10,
    onError: () => {},
    ...options,
  });
  return { clock, storage, db, saved, times };
}
