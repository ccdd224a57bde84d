/// <reference lib="dom" />
import { IndexedDbStore } from "../../adapters/indexed-db.ts";
import { LocalStorageStore } from "../../adapters/local-storage.ts";
import { persist } from "../../src/persistence/collections/mod.ts";
import { Ramify, type Schema } from "../../src/store/mod.ts";

interface Book {
  id: number;
  edits: number;
}

/** What the page gives to the test. */
declare global {
  /** The documents in memory once `persist` has resolved. */
  var booksFound: Book[];
  /** Returns how many edits the first document in memory counts. */
  var editsShown: () => number | undefined;
  /** Whether the page has come back from the back/forward cache. */
  var isBack: boolean;
  /** Resolves when storage holds all that was changed. */
  var flushBooks: () => Promise<void>;
}

addEventListener("pageshow", (event) => {
  globalThis.isBack = (event as PageTransitionEvent).persisted;
});

const parameters = new URLSearchParams(location.search);
const { books } = new Ramify().createStore<{ books: Schema<Book, "id"> }>({
  books: { primaryKey: "id" },
});
const storage = parameters.get("storage") === "localStorage"
  ? new LocalStorageStore(localStorage)
  : new IndexedDbStore(indexedDB);
const saved = await persist(books, storage, { onError: (error) => console.error(error) });

/** Makes two changes that belong together: the first document counts the edits, and each adds another. */
function edit(): void {
  const edits = (books.get(0)?.edits ?? 0) + 1;
  books.bulkPut([{ id: 0, edits }, { id: edits, edits }]);
}

document.querySelector("input")!.addEventListener("input", edit);
for (const leaving of document.querySelectorAll("a, button")) {
  leaving.addEventListener("click", edit);
}
document.querySelector("#reload")!.addEventListener("click", () => location.reload());
document.querySelector("#close")!.addEventListener("click", () => close());
// The app's own listeners, registered after those of persist.
for (const [id, type] of parameters.getAll("late").entries()) {
  (type === "visibilitychange" ? document : globalThis).addEventListener(type, () => {
    books.put({ id: -1 - id, edits: 0 });
  });
}
globalThis.flushBooks = () => saved.flush();
globalThis.editsShown = () => books.get(0)?.edits;
globalThis.booksFound = books.toArray().sort((a, b) => a.id - b.id);
