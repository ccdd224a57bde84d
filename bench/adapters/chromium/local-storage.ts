import type { Backend } from "../contender.ts";
import { changed, type Codec, type Document } from "../documents.ts";

interface Row {
  readonly document: Document;
  readonly version: number;
}

/** What one would write by hand on localStorage: a document and its version in one text. */
export function directLocalStorage(
  storage: Storage,
  prefix: string,
  { parse, stringify }: Codec,
): Backend {
  const read = (id: string): Row => parse(storage.getItem(prefix + id)!) as Row;
  const write = (document: Document, version: number) =>
    storage.setItem(prefix + document.id, stringify({ document, version }));
  const names = () => Object.keys(storage).filter((name) => name.startsWith(prefix));

  return {
    get: (id) => read(id).document,
    put: (_, document) => write(document, 1),
    cycle(id) {
      const { document, version } = read(id);
      if (read(id).version !== version) throw new Error("it was changed in between");
      write(changed(document), version + 1);
    },
    load(documents) {
      for (const document of documents) write(document, 1);
    },
    list() {
      let count = 0;
      for (const name of names().sort()) {
        if (read(name.slice(prefix.length)).document.notes) count++;
      }
      return count;
    },
    clear() {
      for (const name of names()) storage.removeItem(name);
    },
  };
}
