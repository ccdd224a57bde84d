/** What Deno says of a `Deno.Kv` that was closed, and what `@deno/kv` does. */
const closed = /bad resource id|after '\.close' is called/i;

/** Returns the error for a call that failed: the same, unless the `Deno.Kv` is closed. */
export function explainClosed(cause: unknown): unknown {
  if (!closed.test(String(cause))) return cause;
  return new Error(
    "Cannot use Deno KV: the Deno.Kv of this store is closed; open another one, or close it after the store",
    { cause },
  );
}
