import type { Written } from "../storage.ts";

const encoder = new TextEncoder();
let entries = 0;
let bytes = 0;

/** Counts, from the call on, all that is put into IndexedDB or deleted there; bytes are those of its JSON. */
export function countWrites(): void {
  const { prototype } = IDBObjectStore;
  const { add, put, delete: remove } = prototype;
  prototype.add = function (...parameters) {
    count(parameters[0]);
    return add.apply(this, parameters);
  };
  prototype.put = function (...parameters) {
    count(parameters[0]);
    return put.apply(this, parameters);
  };
  prototype.delete = function (...parameters) {
    entries++;
    return remove.apply(this, parameters);
  };
}

function count(value: unknown): void {
  entries++;
  bytes += encoder.encode(JSON.stringify(value)).length;
}

/** Returns what has been counted so far. */
export function written(): Written {
  return { entries, bytes };
}
