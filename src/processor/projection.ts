import type { Address } from "./address.ts";
import { findHandler, type Handlers } from "./handlers.ts";

/** Who looks at which instance. */
export interface Viewpoint extends Address {
  /** Who looks, as the app knows them. */
  readonly user: unknown;
}

/** A state as a viewer may see it. */
export interface Projected {
  /** What they may see, or `undefined` if it is nothing. It is shared and must not be changed. */
  readonly projection: object | undefined;
  /** Whether other viewers get the very same object. */
  readonly isShared: boolean;
}

/** Decides what of each state leaves the process, and for whom. Nothing else lets a state out. */
export class Projector {
  readonly #handlers: Handlers;

  constructor(handlers: Handlers) {
    this.#handlers = handlers;
  }

  /** Returns a state as a viewer may see it. */
  project(state: object, { type }: Viewpoint): Projected {
    findHandler(this.#handlers, type);
    return { projection: state, isShared: true };
  }
}
