/** The key of a document or an entry. Dates are compared by value; `1` and `"1"` are different keys. */
export type Key = string | number | boolean | Date;

/** Returns a key as error messages show it, cut after 80 characters. */
export function describeKey(key: Key): string {
  const text = key instanceof Date ? String(key.getTime()) : String(key);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
