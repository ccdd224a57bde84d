import { ownState } from "../processor/copy-state.ts";
import type { Engine } from "../processor/engine.ts";
import type { Address, ProcessContext, Source } from "../processor/mod.ts";
import type { Outcome } from "../processor/outcome.ts";
import type { ParsedMessage } from "../processor/parse-message.ts";
import { FollowedInstance } from "./followed-instance.ts";
import type { Followed, FollowOptions, InstanceHome, ReadOutcome } from "./home.ts";
import type { SharedStates } from "./shared-states.ts";

/** Instances in a store, which an engine of this process runs. */
export class EngineHome implements InstanceHome {
  readonly engine: Engine;
  readonly #states: SharedStates;

  constructor(engine: Engine, states: SharedStates) {
    this.engine = engine;
    this.#states = states;
  }

  /** The identity of the storage. */
  get source(): Source {
    return this.engine.source;
  }

  /** Returns whether what is seen of a type's states depends on who looks. */
  hasView(type: string): boolean {
    return this.engine.hasView(type);
  }

  /** Runs one message of a page. It never rejects: what went wrong is in the outcome. */
  runParsed(message: ParsedMessage, outside: ProcessContext): Promise<Outcome> {
    return this.engine.runParsed(message, outside);
  }

  /** Listens to the news of an instance from here on. */
  follow(address: Address, options: FollowOptions): Followed {
    return new FollowedInstance(address, { ...options, engine: this.engine, states: this.#states });
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
