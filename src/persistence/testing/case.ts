import type { Adapter, Entry, ListOptions } from "../adapter.ts";

/** What a case runs on. */
export interface CaseContext {
  readonly adapter: Adapter;
  /** A type that no other case uses. */
  readonly type: string;
  /** Opens one more adapter on the same storage; it is closed after the case. */
  readonly open: () => Promise<Adapter>;
  /** Lets time pass, where the caller of `testAdapter` said how. */
  readonly advance: ((milliseconds: number) => Promise<void> | void) | undefined;
}

/** Cases by the sentence that each one shows. */
export type CaseGroup = Readonly<Record<string, (context: CaseContext) => Promise<void>>>;

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
