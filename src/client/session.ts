import type { Address } from "../processor/address.ts";
import { updatesOf } from "../processor/apply-patches.ts";
import type {
  AcceptedAnswer,
  BindUpdatePatch,
  ErrorPatch,
  Frame,
  Patch,
} from "../processor/message.ts";
import type { Instance } from "./instance.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { Page } from "./page.ts";
import { randomId } from "./random-id.ts";
import type { Answer } from "./transport.ts";

/** The result of sending an event. */
export type SendResult = { readonly ok: true } | { readonly ok: false; readonly error: ErrorPatch };

/** Options of {@link Session}. */
export interface SessionOptions extends OutboxOptions {
  readonly onError?: (error: ErrorPatch) => void;
  readonly onPatches?: (patches: readonly Patch[]) => void;
}

/** The exchange between a page and its server: events out, patches in, each applied once and in order. */
export class Session {
  readonly #page: Page;
  readonly #options: SessionOptions;
  readonly #outbox: Outbox;
  readonly #clientId: string = randomId();
  readonly #mounts = new Map<Instance, Promise<void>>();
  /** The instances that the server refused to show, and has not shown since. */
  readonly #refused = new WeakSet<Instance>();
  #unfollow: (() => void) | undefined;

  constructor(page: Page, options: SessionOptions) {
    this.#page = page;
    this.#options = options;
    this.#outbox = new Outbox(options);
  }

  /** Connects what the page shows now. */
  refresh(): void {
    const { transport, signal } = this.#options;
    if (signal.aborted) return;
    const changed = this.#page.refresh();
    const { addresses } = this.#page;
    if (!transport.follow) {
      for (const instance of this.#page.instances(addresses)) {
        if (instance.rev === undefined) this.#mount(instance);
      }
    } else if (changed) {
      this.#unfollow?.();
      this.#restart(addresses);
      this.#unfollow = addresses.length === 0 ? undefined : transport.follow(addresses, {
        snapshot: (frame) => this.#snapshot(frame),
        message: (frame) => this.#message(frame),
        lost: (addresses) => this.#lost(addresses),
        reopening: (addresses) => this.#restart(addresses),
      });
    }
  }

  /** Sends an event, of the element `origin` if it came from one, and resolves once the page shows its result. */
  async send(
    address: Address,
    event: string,
    payload: unknown,
    origin?: Element,
  ): Promise<SendResult> {
    const answer = await this.#push(address, event, payload);
    if (answer.ok) {
      await this.#accept(address, answer);
      this.#page.showError(undefined, address);
      return { ok: true };
    }
    this.#fail(answer.error, address, origin);
    return { ok: false, error: answer.error };
  }

  /** Stops following, and releases everyone who waits. */
  close(): void {
    this.#unfollow?.();
    this.#page.settle();
  }

  #push(address: Address, event: string, payload?: unknown): Promise<Answer> {
    return this.#outbox.push({
      type: address.type,
      instance: address.id,
      event,
      payload,
      eventId: randomId(),
      clientId: this.#clientId,
      rev: this.#page.instance(address)?.rev,
    });
  }

  #restart(addresses: readonly Address[]): void {
    for (const instance of this.#page.instances(addresses)) instance.restart();
  }

  #lost(addresses: readonly Address[]): void {
    for (const instance of this.#page.instances(addresses)) {
      instance.restart();
      // The answer to a mount says what an EventSource cannot: which instance was refused, and why.
      const missing = instance.rev === undefined && !this.#refused.has(instance);
      if (missing || instance.awaited) this.#mount(instance);
    }
  }

  #snapshot(frame: Frame): void {
    const instance = this.#instanceOf(frame);
    if (!instance) return;
    if (instance.snapshot(frame)) this.#show(instance, frame.patches);
    if (this.#refused.delete(instance)) this.#page.showError(undefined, instance.address);
  }

  #message(frame: Frame): void {
    const instance = this.#instanceOf(frame);
    if (!instance) return;
    const error = frame.patches.find((patch) => patch.action === "error");
    if (error) this.#refuse(instance, error);
    else this.#update(instance, instance.message(frame));
  }

  #instanceOf({ type, instance: id }: Frame): Instance | undefined {
    return this.#page.instance({ type, id });
  }

  /** Requests the whole state by an event. Events go in order, so one on its way is new enough for everyone. */
  #mount(instance: Instance): Promise<void> {
    const mount = this.#mounts.get(instance) ??
      this.#requestState(instance).finally(() => this.#mounts.delete(instance));
    this.#mounts.set(instance, mount);
    return mount;
  }

  async #requestState(instance: Instance): Promise<void> {
    const floor = instance.rev ?? 0;
    const answer = await this.#push(instance.address, "mount");
    if (!answer.ok) return this.#refuse(instance, answer.error);
    if (instance.mount(answer, floor)) this.#show(instance, answer.patches);
    instance.settle();
  }

  async #accept(address: Address, answer: AcceptedAnswer): Promise<void> {
    const instance = this.#page.instance(address);
    if (!instance) return;
    const applied = instance.answer(answer);
    if (applied.length > 0) this.#update(instance, applied);
    else if (!instance.live) {
      if (answer.rev !== instance.rev) await this.#mount(instance);
    } else if (updatesOf(answer.patches, address).length > 0) await instance.reached(answer.rev);
  }

  #show(instance: Instance, patches: readonly Patch[]): void {
    this.#page.show(instance);
    notify(this.#options.onPatches, patches);
  }

  #update(instance: Instance, updates: readonly BindUpdatePatch[]): void {
    if (updates.length === 0) return;
    this.#page.show(instance, new Set(updates.map(({ prop }) => prop)));
    notify(this.#options.onPatches, updates);
  }

  #refuse(instance: Instance, error: ErrorPatch): void {
    this.#refused.add(instance);
    this.#fail(error, instance.address);
    instance.settle();
  }

  #fail(error: ErrorPatch, address: Address, origin?: Element): void {
    const { onError, signal } = this.#options;
    if (signal.aborted) return;
    const shown = this.#page.showError(error, address, origin);
    notify(onError, error);
    if (!shown && !onError) console.error(error.message);
  }
}

/** Calls a listener later, so one that throws does not stop the page; the browser reports it. */
function notify<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
  if (listener) queueMicrotask(() => listener(value));
}
