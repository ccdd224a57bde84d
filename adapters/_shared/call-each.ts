/** Calls for each item, a few at a time; after a failure it begins none, and waits for those that have begun. */
export async function callEach<Item, Result>(
  items: readonly Item[],
  call: (item: Item) => Promise<Result>,
  { concurrency }: { readonly concurrency: number },
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  async function callOn(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await call(items[index]!);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  }
  const calls = Array.from({ length: concurrency }, callOn);
  // A write that is left behind could come after what is tried next.
  await Promise.allSettled(calls);
  await Promise.all(calls);
  return results;
}
