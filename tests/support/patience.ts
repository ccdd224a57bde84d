/**
 * How long tests wait, in milliseconds. A wait ends as soon as what it waits for is so; only on a busy machine, or where
 * something is wrong, does it take longer than moments. No test names a time of its own.
 */
export const patience: { readonly test: number; readonly condition: number } = {
  /** For a whole test or hook. */
  test: 300_000,
  /** For one condition: what `expect.poll`, `vi.waitFor` and pages wait for. */
  condition: 30_000,
};
