import {
  persist,
  type Persistence,
  type PersistOptions,
} from "../../src/persistence/collections/mod.ts";
import { TestClock, type TodoStore, todoStore, Watched } from "./support.ts";

/** A followed store, and what its test controls and sees. */
export interface Followed {
  readonly db: TodoStore;
  readonly saved: Persistence;
  readonly storage: Watched;
  readonly clock: TestClock;
  readonly errors: readonly { message: string; failures?: number | undefined }[];
}

/** A store with one document that is stored, on a storage that the test controls. */
export async function followed(options: PersistOptions = {}): Promise<Followed> {
  const clock = new TestClock();
  const storage = new Watched();
  const errors: { message: string; failures?: number | undefined }[] = [];
  const db = todoStore();
  await storage.inner.commit([{ type: "todos", key: 1, value: { id: 1, title: "stored" } }]);
  const saved = await persist(db, storage, {
    clock,
    random: () => 1,
    onError: (error, { failures }) => errors.push({ message: (error as Error).message, failures }),
    ...options,
  });
  storage.calls.length = 0;
  return { db, saved, storage, clock, errors };
}

/** The same, taken back to what storage acknowledged after so many attempts. */
export function reverting(attempts = 1): Promise<Followed> {
  return followed({ retry: { attempts }, onFailure: "revert" });
}

/** Loses the answer to the next `act` of a storage, which it has done by then; `then` comes first. */
export function loseAnswer(storage: Watched, act: string, then: () => void = () => {}): void {
  storage.after = (done) => {
    if (done !== act) return;
    storage.after = () => {};
    then();
    offline();
  };
}

/** What a storage does that cannot be reached. */
export function offline(): never {
  throw new Error("offline");
}
