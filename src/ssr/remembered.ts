/** Returns a function that remembers its last results, at most so many of them. */
export function remembered<Result>(
  make: (text: string) => Result,
  most: number,
): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    const known = results.get(text);
    const result = known ?? make(text);
    if (known) results.delete(text);
    results.set(text, result);
    const [oldest] = results.keys();
    if (results.size > most) results.delete(oldest!);
    return result;
  };
}
