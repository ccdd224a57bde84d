import { valueKind } from "../persistence/adapter/value.ts";
import { describe } from "../shared/describe.ts";
import { type Address, addressKey } from "./address.ts";
import { detachedCopy, frozenCopy } from "./frozen-copy.ts";
import { partsOf } from "./handler-parts.ts";
import { findHandler, type Handlers } from "./handlers.ts";
import type { GoneCode } from "./instance-frames.ts";
import { isState } from "./is-state.ts";
import type { ProcessorOptions } from "./options.ts";
import { reportError } from "./report-error.ts";
import { SharedProjections } from "./shared-projections.ts";

/** Who looks at which instance. */
export interface Viewpoint extends Address {
  /** Who looks, as the app knows them. */
  readonly user: unknown;
}

/** A state as a viewer may see it. */
export type Projected = Visible | Hidden;

/** What a viewer may see of a state. */
export interface Visible {
  /** It may be shared and must not be changed. */
  readonly projection: object;
  /** Whether other viewers get the very same object. */
  readonly isShared: boolean;
}

/** Nothing of a state, and why: it may not be seen, the view failed, or the instance is no longer there. */
export interface Hidden {
  readonly projection?: never;
  readonly code: GoneCode;
}

type Options = Pick<ProcessorOptions, "onError">;

/** Decides what of each state leaves the process, and for whom. Nothing else lets a state out. */
export class Projector {
  readonly #handlers: Handlers;
  readonly #options: Options;
  readonly #shared: SharedProjections = new SharedProjections();
  readonly #plain = new WeakMap<object, boolean>();
  /** The states of which it is known that a view fails. */
  readonly #failed = new WeakSet<object>();

  constructor(handlers: Handlers, options: Options) {
    this.#handlers = handlers;
    this.#options = options;
  }

  /** Returns whether what is seen of a type's states depends on who looks. */
  hasView(type: string): boolean {
    return partsOf(findHandler(this.#handlers, type)).view !== undefined;
  }

  /** Returns a state as a viewer may see it. A view that fails shows nothing and is reported. The state never changes. */
  project(state: object, viewpoint: Viewpoint): Projected {
    const { type, id, user } = viewpoint;
    const { view, viewKey } = partsOf(findHandler(this.#handlers, type));
    if (!view) return { projection: state, isShared: true };
    const report = (error: unknown) => {
      if (this.#failed.has(state)) return;
      this.#failed.add(state);
      reportError(error, { eventId: "view", type, id }, this.#options);
    };
    try {
      const viewer = { type, id, user };
      const isPlain = this.#isPlain(state);
      // Neither a frozen state nor a copy for this viewer alone lets a view change what others see.
      const given = isPlain ? frozenCopy(state) : structuredClone(state);
      const look = () => projectionOf(view(given, viewer), type);
      const key = viewKey && keyOf(viewKey(given, viewer), type);
      const shared = key === undefined ? undefined : `${addressKey(viewpoint)}${key}`;
      const { projection, isShared } = shared === undefined
        ? { projection: look(), isShared: false }
        : this.#shared.find(state, shared, { look, report });
      if (projection === undefined) return { code: "forbidden" };
      return { projection, isShared: isShared || isPlain && projection === given };
    } catch (error) {
      report(error);
      return { code: "internal" };
    }
  }

  /** Returns whether a state is a tree of plain JSON. */
  #isPlain(state: object): boolean {
    const isPlain = this.#plain.get(state) ?? valueKind(state) === "json";
    this.#plain.set(state, isPlain);
    return isPlain;
  }
}

function projectionOf(seen: unknown, type: string): object | undefined {
  if (seen === undefined) return undefined;
  if (!isState(seen)) {
    if (seen instanceof Promise) seen.catch(() => {});
    throw new TypeError(
      `Cannot show ${type}: its view returned ${describe(seen)}; ` +
        "return an object, or undefined to show nothing",
    );
  }
  // Throws if it holds what cannot travel.
  const kind = valueKind(seen, `what the view of ${type} returned`);
  // A view may use an object again, and what a page was told must stay as it is.
  return kind === "json" ? detachedCopy(seen) : structuredClone(seen);
}

function keyOf(key: unknown, type: string): string {
  if (typeof key === "string") return key;
  throw new TypeError(
    `Cannot show ${type}: its viewKey returned ${
      describe(key)
    }; return a text that is the same for ` +
      "those who see the same",
  );
}
