import { encodeKey } from "../../persistence/adapter/keys.ts";
import type { Address } from "../../processor/address.ts";
import { type Revision, unstoredEpoch } from "../../processor/epoch.ts";
import { readMetadata } from "../../processor/metadata.ts";
import type { News } from "../../processor/mod.ts";

/** An entry as it was found: a `version` of `null` says that there is none. */
export interface FoundEntry {
  readonly id: string;
  readonly version: string | null;
  /** As JSON. */
  readonly metadata: string | null;
}

interface Followed {
  readonly address: Address;
  followers: number;
  version: string | null;
  /** What followers were told last. */
  told: Revision | undefined;
}

/** No entry has it, so that one which was not looked at yet differs from all that may be found. */
const unknownVersion = "";

/** The entries of instances that are followed, and what is known of each. */
export class FollowedEntries {
  /** By types, then by encoded keys. */
  readonly #followed = new Map<string, Map<string, Followed>>();
  /** Those that were not looked at yet, in the same order. */
  readonly #fresh = new Map<string, Set<string>>();

  /** Follows an instance, until the returned function is called. */
  follow(address: Address): () => void {
    const { type, id } = address;
    const key = encodeKey(id);
    const ofType = this.#followed.get(type) ?? new Map<string, Followed>();
    const followed = ofType.get(key) ??
      { address: { type, id }, followers: 0, version: unknownVersion, told: undefined };
    followed.followers++;
    if (followed.followers === 1) {
      this.#followed.set(type, ofType.set(key, followed));
      this.#fresh.set(type, (this.#fresh.get(type) ?? new Set()).add(key));
    }
    let isLeft = false;
    return () => {
      if (isLeft) return;
      isLeft = true;
      if (--followed.followers > 0) return;
      ofType.delete(key);
      if (ofType.size === 0) this.#followed.delete(type);
      this.#forgetFresh(type, [key]);
    };
  }

  /** Notes what followers were told by who has made a change. */
  tell({ type, id, rev, epoch }: News & { readonly kind: "change" }): void {
    const followed = this.#followed.get(type)?.get(encodeKey(id));
    if (!followed || epoch === undefined) return;
    if (followed.told?.epoch !== epoch || followed.told.rev < rev) followed.told = { rev, epoch };
  }

  /** Returns which versions are known, by types and then by encoded keys: of all entries, or of those not looked at yet. */
  known(of: "all" | "fresh"): ReadonlyMap<string, ReadonlyMap<string, string | null>> {
    const keys: ReadonlyMap<string, { keys(): Iterable<string> }> = of === "all"
      ? this.#followed
      : this.#fresh;
    return new Map(Array.from(keys, ([type, some]) => {
      const ofType = this.#followed.get(type)!;
      return [type, new Map(Array.from(some.keys(), (key) => [key, ofType.get(key)!.version]))];
    }));
  }

  /** Takes what was found of entries of a type that were looked at, and returns what their followers were not told yet. */
  found(type: string, keys: Iterable<string>, entries: readonly FoundEntry[]): News[] {
    this.#forgetFresh(type, keys);
    return entries.flatMap(({ id: key, version, metadata }) => {
      const followed = this.#followed.get(type)?.get(key);
      if (!followed) return [];
      const { address, told } = followed;
      const { rev, epoch } = version === null
        ? { rev: 0, epoch: unstoredEpoch }
        : readMetadata(parse(metadata), version);
      followed.version = version;
      if (told?.epoch === epoch && told.rev === rev) return [];
      followed.told = { rev, epoch };
      return [{ kind: "change", ...address, rev, epoch }];
    });
  }

  #forgetFresh(type: string, keys: Iterable<string>): void {
    const fresh = this.#fresh.get(type);
    if (!fresh) return;
    for (const key of keys) fresh.delete(key);
    if (fresh.size === 0) this.#fresh.delete(type);
  }
}

function parse(metadata: string | null): unknown {
  try {
    return metadata === null ? undefined : JSON.parse(metadata);
  } catch {
    return undefined;
  }
}
