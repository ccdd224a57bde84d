import type { Key } from "../../shared/key.ts";
import type { Entry } from "../adapter/adapter.ts";
import type { DirtyKey, DirtyKeys } from "./dirty-keys.ts";
import type { FollowedCollection, FollowedDocument } from "./followed-collection.ts";
import { identity } from "./identity.ts";

/** A document that may be older in memory than in storage. */
export interface Pull extends FollowedDocument {
  /** Its place among the changes. */
  readonly since: number;
  /** What storage may hold because it was sent from here, as in {@link DirtyKey}. */
  readonly unsure: DirtyKey["unsure"];
  /** What storage has, if it was listed a moment ago. */
  readonly entry?: Entry;
}

/** A collection that others may have changed unheard, and how far it has been compared with storage. */
export interface Behind {
  readonly collection: FollowedCollection;
  /** The keys that storage has, so far. */
  readonly listed: Set<unknown>;
  /** The last of them. */
  after: Key | undefined;
}

/** The documents to be read again. One that has been changed here as well can be read once that is written. */
export class Pulls {
  /** The collections to be compared with storage. */
  readonly behind: Set<Behind> = new Set();
  readonly #dirty: DirtyKeys;
  readonly #byKey: ReadonlyMap<FollowedCollection, Map<unknown, Pull>>;

  constructor(collections: readonly FollowedCollection[], dirty: DirtyKeys) {
    this.#dirty = dirty;
    this.#byKey = new Map(collections.map((collection) => [collection, new Map()]));
  }

  /** Asks for a document to be read; `unsure` is what storage may hold of it because it was sent from here. */
  add({ collection, key }: FollowedDocument, unsure?: DirtyKey["unsure"]): Pull {
    const since = this.#dirty.advance();
    // It includes what was known before.
    const all = unsure ?? this.unsureOf(collection, key) ?? [];
    const pull = { collection, key, since, unsure: all };
    this.#byKey.get(collection)!.set(identity(key), pull);
    return pull;
  }

  /** Asks for all that has a version to be compared with storage, from the start. */
  catchUp(): void {
    this.behind.clear();
    for (const collection of this.#byKey.keys()) {
      if (!collection.known.isConditional) continue;
      this.behind.add({ collection, listed: new Set(), after: undefined });
    }
  }

  /** Returns what storage may hold of a document; `undefined` if it is not to be read. */
  unsureOf(collection: FollowedCollection, key: Key): DirtyKey["unsure"] | undefined {
    return this.#byKey.get(collection)!.get(identity(key))?.unsure;
  }

  /** Returns the first of those that can be read, at most this many. */
  first(count: number): Pull[] {
    const pulls: Pull[] = [];
    for (const pull of this.#readable()) if (pulls.push(pull) >= count) break;
    return pulls;
  }

  /** Returns whether any of those that can be read was asked for up to this change. */
  has(upTo: number): boolean {
    for (const { since } of this.#readable()) if (since <= upTo) return true;
    return false;
  }

  /** Forgets those that have been read, save what was asked for again or changed here in the meantime. */
  done(pulls: readonly Pull[]): void {
    for (const { collection, key, since } of pulls) {
      const wanted = this.#byKey.get(collection)!;
      const id = identity(key);
      if (wanted.get(id)?.since === since && !this.#dirty.of(collection).has(id)) wanted.delete(id);
    }
  }

  /** Forgets all. */
  clear(): void {
    for (const wanted of this.#byKey.values()) wanted.clear();
  }

  *#readable(): Generator<Pull> {
    for (const [collection, wanted] of this.#byKey) {
      const dirty = this.#dirty.of(collection);
      for (const [id, pull] of wanted) if (!dirty.has(id)) yield pull;
    }
  }
}
