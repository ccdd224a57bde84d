/// <reference lib="dom" />
import { IndexedDbStore } from "../../../adapters/indexed-db.ts";
import type { Adapter } from "../../../src/persistence/adapter/adapter.ts";
import { journalCodec } from "../../../src/persistence/adapter/codec.ts";
import { MemoryStore } from "../../../src/persistence/adapter/memory.ts";
import { persist } from "../../../src/persistence/collections/mod.ts";
import { stored, todoStore } from "./support.ts";

/** What became of one edit. */
export interface Kept {
  readonly pending: number;
  readonly exposed: number;
  /** How many documents storage has after a flush. */
  readonly stored: number;
  readonly exposedAfter: number;
  readonly errors: readonly string[];
}

declare global {
  /** What became of an edit, in IndexedDB and in memory, or why it cannot be made; in a page only. */
  var kept: readonly (Kept | string)[] | undefined;
}

async function keep(adapter: Adapter): Promise<Kept | string> {
  const errors: string[] = [];
  const { todos } = todoStore();
  try {
    const saved = await persist(todos, adapter, {
      retry: { attempts: 1 },
      onError: (error) => errors.push(String(error)),
    });
    todos.add({ id: 1, title: "a" });
    const { pending, exposed } = saved;
    await saved.flush();
    const count = (await stored(adapter, "todos")).size;
    return { pending, exposed, stored: count, exposedAfter: saved.exposed, errors };
  } catch (error) {
    return String(error);
  }
}

/** Keeps documents as long as the page lasts, and asks for a journal. */
class JournaledStore extends MemoryStore {
  readonly journal = journalCodec("memory");
}

const kept = [await keep(new IndexedDbStore(indexedDB)), await keep(new JournaledStore())];
if (!("document" in globalThis)) postMessage(kept);
else if (parent !== globalThis.window) parent.postMessage(kept, "*");
else globalThis.kept = kept;
