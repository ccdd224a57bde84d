import { ownState } from "../processor/copy-state.ts";
import type { Engine } from "../processor/engine.ts";
import type { Address, ProcessContext, Source } from "../processor/mod.ts";
import type { Outcome } from "../processor/outcome.ts";
import type { ParsedMessage } from "../processor/parse-message.ts";
import { FollowedInstance, type FollowedInstanceOptions } from "./followed-instance.ts";
import type { Followed, FollowOptions, InstanceHome, ReadOutcome } from "./home.ts";

/** Instances in a store, which an engine of this process runs. */
export class EngineHome implements InstanceHome {
  readonly engine: Engine;
  readonly #shared: Pick<FollowedInstanceOptions, "states" | "viewers">;

  constructor(engine: Engine, shared: Pick<FollowedInstanceOptions, "states" | "viewers">) {
    this.engine = engine;
    this.#shared = shared;
  }

  /** The identity of the storage. */
  get source(): Source {
    return this.engine.source;
  }

  /** Runs one message of a page. It never rejects: what went wrong is in the outcome. */
  runParsed(message: ParsedMessage, outside: ProcessContext): Promise<Outcome> {
    return this.engine.runParsed(message, outside);
  }

  /** Listens to the news of an instance from here on. */
  follow(address: Address, options: FollowOptions): Followed {
    return new FollowedInstance(address, { ...options, ...this.#shared, engine: this.engine });
  }

  /** Mounts an instance, and returns a copy of what somebody may see of it. */
  async read(address: Address, outside: ProcessContext): Promise<ReadOutcome> {
    const mounted = await this.engine.mount(address, outside);
    if (!mounted.ok) return mounted;
    const { rev, epoch, state } = mounted;
    if (!state) return { ok: true, seen: undefined };
    const { projection } = this.engine.project(state, { ...address, user: outside.user });
    return { ok: true, seen: projection && { rev, epoch, state: ownState(projection) } };
  }
}
