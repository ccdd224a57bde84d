/**
 * Returns the row of a result as an object. Databases that can return arrays make them faster than objects, and their
 * objects are slower to read as well.
 */
export function toRow(
  names: readonly string[],
  values: readonly unknown[],
): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index++) row[names[index]!] = values[index];
  return row;
}
