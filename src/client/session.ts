import type { ErrorPatch, Patch } from "../processor/message.ts";
import type { Instance } from "./instance.ts";
import { Outbox } from "./outbox.ts";
import type { Page } from "./page.ts";
import type { PauseOptions } from "./pause.ts";
import { randomId } from "./random-id.ts";
import type { AcceptedAnswer, Answer, Scope, Transport } from "./transport.ts";

/** What became of an event. */
export type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: ErrorPatch };

/** What a session depends on. */
export interface SessionOptions extends PauseOptions {
  readonly transport: Transport;
  readonly onError?: (error: ErrorPatch) => void;
  readonly onPatches?: (patches: readonly Patch[]) => void;
}

/** What a page and its server say to each other: events out, patches in, each applied once and in order. */
export class Session {
  readonly #page: Page;
  readonly #options: SessionOptions;
  readonly #outbox: Outbox;
  readonly #clientId: string = randomId();
  #unfollow: (() => void) | undefined;

  constructor(page: Page, options: SessionOptions) {
    this.#page = page;
    this.#options = options;
    this.#outbox = new Outbox(
      (message, signal) => options.transport.send(message, signal),
      options,
    );
  }

  /** Connects what the page shows now. */
  refresh(): void {
    const { transport } = this.#options;
    const changed = this.#page.refresh();
    const { scopes } = this.#page;
    if (transport.follow === undefined) this.#mountMissing();
    else if (changed) {
      this.#unfollow?.();
      this.#unfollow = scopes.length === 0 ? undefined : transport.follow(scopes, {
        snapshot: (patches) => this.#replace(this.#page.instanceOf(patches), patches),
        message: (patches) => this.#advance(patches),
        // An answer to a mount says what an EventSource cannot: which instance was refused, and why.
        lost: () => this.#mountMissing(),
      });
    }
  }

  /** Sends an event, of an element where it came from one, and resolves once the page shows what came of it. */
  async send(scope: Scope, event: string, payload: unknown, origin?: Element): Promise<Outcome> {
    const answer = await this.#push(scope, event, payload);
    if (answer.ok) {
      await this.#accept(scope, answer);
      this.#page.clearErrors(scope);
      return { ok: true };
    }
    this.#fail(answer.error, scope, origin);
    return { ok: false, error: answer.error };
  }

  /** Stops following, and leaves nobody waiting. */
  close(): void {
    this.#unfollow?.();
    this.#page.settle();
  }

  #push(scope: Scope, event: string, payload?: unknown): Promise<Answer> {
    const rev = this.#page.instance(scope)?.rev;
    return this.#outbox.push({
      ...scope,
      event,
      payload,
      eventId: randomId(),
      clientId: this.#clientId,
      rev,
    });
  }

  #mountMissing(): void {
    for (const scope of this.#page.scopes) {
      if (this.#page.instance(scope)?.rev === undefined) this.#mount(scope);
    }
  }

  async #mount(scope: Scope): Promise<void> {
    const answer = await this.#push(scope, "mount");
    const instance = this.#page.instance(scope);
    if (!answer.ok) {
      this.#fail(answer.error, scope);
      instance?.settle();
    } else if (instance?.rev === undefined || this.#options.transport.follow === undefined) {
      // Where a stream has brought a snapshot meanwhile, that one is newer.
      this.#replace(instance, answer.patches, answer.rev);
    }
  }

  async #accept(scope: Scope, { patches, rev }: AcceptedAnswer): Promise<void> {
    const instance = this.#page.instance(scope);
    if (instance === undefined) return;
    const changed = instance.advanceByOne(patches, rev);
    if (changed) {
      this.#page.show(instance, changed);
      this.#tell(this.#options.onPatches, patches);
    } else if (this.#options.transport.follow === undefined) {
      if (rev !== instance.rev) await this.#mount(scope);
    } else if (patches.length > 0) await instance.reached(rev);
  }

  #replace(instance: Instance | undefined, patches: readonly Patch[], rev?: number): void {
    if (instance === undefined) return;
    instance.replace(patches, rev);
    this.#page.show(instance);
    this.#tell(this.#options.onPatches, patches);
  }

  #advance(patches: readonly Patch[]): void {
    const instance = this.#page.instanceOf(patches);
    if (instance === undefined) return;
    const changed = instance.advance(patches);
    if (changed === undefined) return;
    this.#page.show(instance, changed);
    this.#tell(this.#options.onPatches, patches);
  }

  #fail(error: ErrorPatch, scope: Scope, origin?: Element): void {
    const { onError, signal } = this.#options;
    if (signal.aborted) return;
    const shown = this.#page.showError(error, scope, origin);
    this.#tell(onError, error);
    if (!shown && onError === undefined) console.error(error.message);
  }

  /** A listener that throws must not stop the page; the browser reports it. */
  #tell<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
    if (listener) queueMicrotask(() => listener(value));
  }
}
