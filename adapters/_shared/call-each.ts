/** Calls for each item, a few at a time. After a failure it starts no more calls, and waits for those that run. */
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
  // A write that still runs could take effect after what the caller tries next.
  await Promise.allSettled(calls);
  await Promise.all(calls);
  return results;
}
