import { isRecord } from "./record.ts";

/** What is known of the length of an object or a list. */
interface Known {
  length: number;
  isWhole: boolean;
}

/**
 * About how many characters values take as JSON. Escapes are not counted. What was counted of an object or a list is
 * remembered, as far as it was counted.
 */
export class JsonSizes {
  readonly #known: Map<object, Known> = new Map();

  /** Returns the size of a value, or a number of at least `enough` as soon as it is known to be as large. */
  sizeOf(value: unknown, enough: number = Infinity): number {
    if (typeof value === "string") return value.length + 2;
    if (typeof value !== "object" || value === null) return String(value).length;
    const known = this.#known.get(value);
    if (known && (known.isWhole || known.length >= enough)) return known.length;
    const length = Array.isArray(value)
      ? this.#sizeOfList(value, enough)
      : isRecord(value)
      ? this.#sizeOfRecord(value, enough)
      : sizeOfAtom(value);
    this.#known.set(value, { length, isWhole: length < enough });
    return length;
  }

  #sizeOfList(list: readonly unknown[], enough: number): number {
    let size = 2;
    for (const item of list) {
      if (size >= enough) return size;
      size += this.sizeOf(item ?? null, enough - size) + 1;
    }
    return size;
  }

  #sizeOfRecord(record: Readonly<Record<string, unknown>>, enough: number): number {
    let size = 2;
    for (const name of Object.keys(record)) {
      if (size >= enough) return size;
      const value = record[name];
      if (value !== undefined) size += name.length + 4 + this.sizeOf(value, enough - size);
    }
    return size;
  }
}

/** Returns about what a Date, a Map, a Set or bytes take, in whatever form they travel. */
function sizeOfAtom(atom: object): number {
  if (ArrayBuffer.isView(atom) || atom instanceof ArrayBuffer) return atom.byteLength * 4 + 2;
  return atom instanceof Map || atom instanceof Set ? atom.size * 40 + 2 : 26;
}
