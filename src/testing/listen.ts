import type { Adapter, Key } from "../persistence/adapter/adapter.ts";
import { assert } from "./assert.ts";

/** How many milliseconds a change may take to be heard; an adapter that polls needs some. */
const patience = 10_000;

/** A watcher that remembers what it heard. */
export interface Heard {
  /** Every key so far. */
  readonly keys: readonly Key[];
  /** Resolves once these keys were heard since the last call. */
  until(keys: readonly Key[]): Promise<void>;
  /** Stops watching. */
  stop(): void;
}

/** Watches a type, and remembers the keys it hears. */
export function listen(adapter: Adapter, type: string): Heard {
  const keys: Key[] = [];
  let start = 0;
  let wake = () => {};
  const stop = adapter.watch!(type, (changed) => {
    keys.push(...changed);
    wake();
  });

  async function until(wanted: readonly Key[]): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      wake();
    }, patience);
    const missing = () => wanted.filter((key) => !keys.includes(key, start));
    while (missing().length > 0 && !late) await new Promise<void>((resolve) => wake = resolve);
    clearTimeout(timer);
    assert(missing().length === 0, `a watcher hears of ${missing().join(", ")} within 10 s`);
    start = keys.length;
  }

  return { keys, until, stop };
}
