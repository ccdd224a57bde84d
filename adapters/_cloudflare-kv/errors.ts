/** Returns the error for a failed write: if a key is written too often, KV does not say which one it is. */
export function writingError(
  cause: unknown,
  { action, entry }: { readonly action: string; readonly entry: string },
): unknown {
  if (!/\b429\b|too many requests/i.test(String(cause))) return cause;
  return new Error(
    `Cannot ${action}: ${entry} was written less than a second ago, and ` +
      "KV takes one write of a key a second; retry later",
    { cause },
  );
}
