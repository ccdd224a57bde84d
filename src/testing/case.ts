import type { Adapter, Entry, Key, ListOptions, Write } from "../persistence/adapter/adapter.ts";
import { assertRejects } from "./assert.ts";

/** What a case runs on. */
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

/** Cases by the sentence that each one shows. */
export type CaseGroup = Readonly<Record<string, Case>>;

/** The reason to leave out what only conditional writes can do. */
export const unconditional = "this backend has no conditional writes";

/** The reason to leave out what only `watch` can do. */
export const deaf = "this adapter has no watch";

/** The reason to leave out what only `pages` can do. */
export const unpaged = "this adapter has no pages";

/** Every entry that a list yields. */
export async function listAll(
  adapter: Adapter,
  type: string,
  options?: ListOptions,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of adapter.list(type, options)) entries.push(entry);
  return entries;
}

/** The same of `pages`, which has to be there. */
export async function listPages(
  adapter: Adapter,
  type: string,
  options?: ListOptions,
): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const page of adapter.pages!(type, options)) entries.push(...page);
  return entries;
}

/** The keys and values that a list yields. */
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
