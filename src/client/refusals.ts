import type { ErrorPatch } from "../processor/message.ts";
import type { Instance } from "./instance.ts";
import { notify } from "./notify.ts";
import type { Page, Sender } from "./page.ts";

const deleted = "deleted";

/** Options of {@link Refusals}. */
export interface RefusalsOptions {
  readonly onError?: (error: ErrorPatch) => void;
  /** Silences everything when it aborts. */
  readonly signal: AbortSignal;
}

/** Which instances the server does not show, and what the page says of that and of refused events. */
export class Refusals {
  readonly #page: Pick<Page, "clearErrors" | "showError">;
  readonly #options: RefusalsOptions;
  /** The code of what the page says of an instance; `""` while its state is requested in vain. */
  readonly #said = new WeakMap<Instance, string>();
  readonly #stopped = new WeakSet<Instance>();

  constructor(page: Pick<Page, "clearErrors" | "showError">, options: RefusalsOptions) {
    this.#page = page;
    this.#options = options;
  }

  /** Returns whether the page says why it has no state of an instance. */
  explains(instance: Instance): boolean {
    return this.#said.has(instance);
  }

  /** Returns whether an instance is refused, and is asked for again when that may help. */
  has(instance: Instance): boolean {
    return this.#stopped.has(instance);
  }

  /** Forgets that an instance is refused, since it is asked for again. */
  retry(instance: Instance): void {
    this.#stopped.delete(instance);
  }

  /** Says that an event, or the request for a state, does not get through. */
  delay(error: ErrorPatch, sender: Sender, requested: Instance | undefined): void {
    if (requested && !this.#said.has(requested)) this.#said.set(requested, "");
    this.#page.showError("na:unreachable", error, sender);
  }

  /** Says why an instance is not shown, or not any longer, and releases everyone who waits for it. */
  add(instance: Instance, error: ErrorPatch): void {
    // Who may send but not look is told so once, not after each event.
    const known = this.#said.get(instance) === error.code && !instance.shown;
    this.#said.set(instance, error.code);
    // To ask for what was deleted is to make it anew. The stream brings it if somebody else does.
    if (error.code !== deleted) this.#stopped.add(instance);
    const { type, id } = instance.address;
    if (!known) this.say({ ...error, type, instance: id }, instance);
    instance.settle();
  }

  /** Takes away the refusal of an instance that is shown after all. */
  remove(instance: Instance): void {
    this.#stopped.delete(instance);
    if (this.#said.delete(instance)) this.#page.clearErrors(instance.address);
  }

  /** Says why something was refused. */
  say(error: ErrorPatch, sender: Sender): void {
    const { onError, signal } = this.#options;
    if (signal.aborted) return;
    const shown = this.#page.showError("na:refused", error, sender);
    notify(onError, error);
    if (!shown && !onError) console.error(error.message);
  }
}
