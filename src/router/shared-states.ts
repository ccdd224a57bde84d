import { type Address, addressKey } from "../processor/address.ts";
import type { Revision } from "../processor/epoch.ts";
import type { KeyOf } from "../processor/list-keys.ts";
import type { Source } from "../processor/mod.ts";
import { sharing } from "../processor/operations-between.ts";
import { own } from "../shared/own.ts";

/** An instance as it was read, or as the hub brought it. */
export interface ReadState extends Revision {
  readonly state: object;
  /** What tells it from all others, if the storage says so. */
  readonly version?: string | undefined;
}

/** The latest state of an instance that somebody follows, as one object for all of them. */
export class SharedState {
  /** The state, as it was brought and as it is kept. */
  #latest: (ReadState & { readonly kept: object }) | undefined;

  /** Returns the object that stands for a state here. It shares with the latest what has not changed. */
  share(read: ReadState, keyOf?: KeyOf): object {
    const { rev, epoch, state, version } = own(read);
    const latest = this.#latest;
    const isSame = latest && (latest.state === state || latest.kept === state ||
      version !== undefined && latest.version === version);
    const kept = !latest ? state : isSame ? latest.kept : sharing(latest.kept, state, keyOf);
    if (epoch !== latest?.epoch || rev >= latest.rev) {
      this.#latest = { rev, epoch, state, version, kept };
    }
    return kept;
  }
}

interface Followed {
  readonly state: SharedState;
  followers: number;
}

/** The latest states of the instances that are followed in this process. */
export class SharedStates {
  readonly #sources = new Map<Source, Map<string, Followed>>();

  /** Returns the latest state of an instance, which is kept until `leave` is called. */
  follow(
    source: Source,
    address: Address,
  ): { readonly state: SharedState; readonly leave: () => void } {
    const key = addressKey(address);
    const inSource = this.#sources.get(source) ?? new Map<string, Followed>();
    const followed = inSource.get(key) ?? { state: new SharedState(), followers: 0 };
    this.#sources.set(source, inSource.set(key, followed));
    followed.followers++;
    return {
      state: followed.state,
      leave: () => {
        if (--followed.followers > 0) return;
        if (inSource.get(key) === followed) inSource.delete(key);
        if (inSource.size === 0 && this.#sources.get(source) === inSource) {
          this.#sources.delete(source);
        }
      },
    };
  }
}
