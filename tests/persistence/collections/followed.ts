import {
  persist,
  type Persistence,
  type PersistOptions,
} from "../../../src/persistence/collections/mod.ts";
import { TestClock, type TodoStore, todoStore, Watched } from "./support.ts";

/** A followed store, and what a test controls and sees of it. */
export interface Followed {
  readonly db: TodoStore;
  readonly saved: Persistence;
  readonly storage: Watched;
  readonly clock: TestClock;
  readonly errors: readonly { message: string; failures?: number | undefined }[];
}

/** Follows a store, on a clock and a storage that the test controls. */
export async function followed(
  options: PersistOptions = {},
  storage: Watched = new Watched(),
): Promise<Followed> {
  const clock = new TestClock();
  const errors: { message: string; failures?: number | undefined }[] = [];
  const db = todoStore();
  const saved = await persist(db, storage, {
    clock,
    random: () => 1,
    onError: (error, { failures }) => errors.push({ message: (error as Error).message, failures }),
    ...options,
  });
  storage.calls.length = 0;
  return { db, saved, storage, clock, errors };
}
