import type { PersistOptions } from "../../../src/persistence/collections/mod.ts";
import { type Followed, followed as follow } from "./followed.ts";
import { Watched } from "./support.ts";

/** Follows a store with one stored document, on a storage that the test controls. */
export async function followed(options: PersistOptions = {}): Promise<Followed> {
  const storage = new Watched();
  await storage.inner.commit([{ type: "todos", key: 1, value: { id: 1, title: "stored" } }]);
  return await follow(options, storage);
}

/** Follows such a store that goes back to what storage acknowledged after this many attempts. */
export function reverting(attempts = 1): Promise<Followed> {
  return followed({ retry: { attempts }, onFailure: "revert" });
}

/** Loses the answer to the next `act` of a storage, which it has done by then; calls `then` first. */
export function loseAnswer(storage: Watched, act: string, then: () => void = () => {}): void {
  storage.after = (done) => {
    if (done !== act) return;
    storage.after = () => {};
    then();
    offline();
  };
}

/** Fails as a storage does that cannot be reached. */
export function offline(): never {
  throw new Error("offline");
}
