import type { Adapter, Entry, Key, ListOptions, Write } from "../persistence/adapter/adapter.ts";
import { assertRejects } from "./assert.ts";

/** An adapter to test, and ways to act on what lies below it. */
export interface CaseContext {
  readonly adapter: Adapter;
  /** A type that no other case uses. */
  readonly type: string;
  /** Opens one more adapter on the same storage; it is closed after the case. */
  readonly open: () => Promise<Adapter>;
  /** Lets time pass. */
  readonly advance: (milliseconds: number) => Promise<void> | void;
  /** Damages what is stored under a key. */
  readonly corrupt: (type: string, key: Key) => Promise<void> | void;
}

/** Resolves when the adapter keeps the promise, or with the reason why it does not have to. */
export type Case = (context: CaseContext) => Promise<string | void>;

/** Cases by the sentence that each one proves. */
export type CaseGroup = Readonly<Record<string, Case>>;

/** Why a case of conditional writes is left out. */
export const unconditional = "this backend has no conditional writes";

/** Why a case of `watch` is left out. */
export const deaf = "this adapter has no watch";

/** Why a case of `pages` is left out. */
export const unpaged = "this adapter has no pages";

/** Returns every entry that `list` yields. */
export async function listAll(
  adapter: Adapter,
  type: string,
  options?: ListOptions,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of adapter.list(type, options)) entries.push(entry);
  return entries;
}

/** Returns every entry that `pages` yields, which has to be there. */
export async function listPages(
  adapter: Adapter,
  type: string,
  options?: ListOptions,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const page of adapter.pages!(type, options)) entries.push(...page);
  return entries;
}

/** Returns the keys and values that `list` yields. */
export async function listValues(adapter: Adapter, type: string): Promise<[Key, unknown][]> {
  return (await listAll(adapter, type)).map(({ key, value }) => [key, value]);
}

/** Expects a commit to reject with a `ConflictError`. */
export async function expectConflict(
  { adapter }: CaseContext,
  ...writes: readonly Write[]
): Promise<void> {
  await assertRejects(adapter.commit(writes), "ConflictError", "the commit");
}
