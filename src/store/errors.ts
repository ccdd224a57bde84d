/** Returns the error of a query that cannot run; `problem` says what is wrong and what to do. */
export function cannotQuery(
  { collection, name }: { readonly collection: string; readonly name: string },
  problem: string,
): TypeError {
  return new TypeError(`Cannot query ${collection} by "${name}": ${problem}`);
}
