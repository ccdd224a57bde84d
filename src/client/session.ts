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
import type { Page, Sender } from "./page.ts";
import { randomId } from "./random-id.ts";
import type { Answer } from "./transport.ts";

const mount = "mount";
/** How many milliseconds a stream may be behind an answer before the page asks for the whole state. */
const longestLag = 10_000;

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
  /** The code of the refusal that the page shows for an instance; `""` while its state is requested in vain. */
  readonly #refused = new WeakMap<Instance, string>();
  /** The refused instances that are not asked for at present. */
  readonly #stopped = new WeakSet<Instance>();
  #unfollow: (() => void)[] = [];

  constructor(page: Page, options: SessionOptions) {
    this.#page = page;
    this.#options = options;
    this.#outbox = new Outbox(options);
    for (const name of ["online", "pageshow"]) {
      addEventListener(name, () => this.#retry(), { signal: options.signal });
    }
  }

  /** Connects what the page shows now. */
  refresh(): void {
    const { transport, signal } = this.#options;
    if (signal.aborted) return;
    const changed = this.#page.refresh();
    const instances = this.#instances;
    if (!transport.follow) this.#follow(instances.filter(({ rev }) => rev === undefined));
    else if (changed) {
      this.#stop();
      this.#follow(instances);
    }
    this.#retry();
  }

  /** Sends an event, of the element `origin` if it came from one, and resolves once the page shows its result. */
  async send(
    address: Address,
    event: string,
    payload: unknown,
    origin?: Element,
  ): Promise<SendResult> {
    const answer = await this.#push({ address, origin }, event, payload);
    if (answer.ok) {
      this.#page.clearErrors(address);
      this.#retry();
      await this.#accept(address, answer);
      return { ok: true };
    }
    this.#fail(answer.error, { address, origin });
    return { ok: false, error: answer.error };
  }

  /** Stops following, and releases everyone who waits. */
  close(): void {
    this.#stop();
    this.#page.settle();
  }

  get #instances(): readonly Instance[] {
    return this.#page.instances(this.#page.addresses);
  }

  #stop(): void {
    for (const unfollow of this.#unfollow.splice(0)) unfollow();
  }

  #follow(instances: readonly Instance[]): void {
    const { transport } = this.#options;
    const addresses = instances.map(({ address }) => address);
    for (const instance of instances) {
      this.#stopped.delete(instance);
      if (!transport.follow) this.#mount(instance);
    }
    if (!transport.follow || instances.length === 0) return;
    this.#restart(addresses);
    this.#unfollow.push(transport.follow(addresses, {
      snapshot: (frame) => this.#snapshot(frame),
      message: (frame) => this.#message(frame),
      lost: (addresses) => this.#lost(addresses),
      refused: (addresses, error) => {
        for (const instance of this.#page.instances(addresses)) this.#refuse(instance, error);
      },
      reopening: (addresses) => this.#restart(addresses),
    }));
  }

  /** Asks again for what the server refused to show. */
  #retry(): void {
    this.#follow(this.#instances.filter((instance) => this.#stopped.has(instance)));
  }

  #push(sender: Sender, event: string, payload?: unknown): Promise<Answer> {
    const { address } = sender;
    return this.#outbox.push({
      type: address.type,
      instance: address.id,
      event,
      payload,
      eventId: randomId(),
      clientId: this.#clientId,
      rev: this.#page.instance(address)?.rev,
    }, (error) => {
      const instance = this.#page.instance(address);
      if (event === mount && instance && !this.#refused.has(instance)) {
        this.#refused.set(instance, "");
      }
      this.#page.showError("na:unreachable", error, sender);
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
    this.#forgive(instance);
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
    const request = this.#mounts.get(instance) ??
      this.#requestState(instance).finally(() => this.#mounts.delete(instance));
    this.#mounts.set(instance, request);
    return request;
  }

  async #requestState(instance: Instance): Promise<void> {
    const floor = instance.rev ?? 0;
    const answer = await this.#push(instance, mount);
    if (!answer.ok) return this.#refuse(instance, answer.error);
    if (instance.mount(answer, floor)) this.#show(instance, answer.patches);
    instance.settle();
    // A stream that was refused stays so, and goes on saying why.
    if (!this.#stopped.has(instance)) this.#forgive(instance);
  }

  async #accept(address: Address, answer: AcceptedAnswer): Promise<void> {
    const instance = this.#page.instance(address);
    if (!instance) return;
    const applied = instance.answer(answer);
    if (applied.length > 0) this.#update(instance, applied);
    else if (!instance.live) {
      if (answer.rev !== instance.rev) await this.#mount(instance);
    } else if (updatesOf(answer.patches, address).length > 0) {
      const { clock } = this.#options;
      const late = clock.setTimeout(() => this.#mount(instance), longestLag);
      await instance.reached(answer.rev);
      clock.clearTimeout(late);
    }
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
    // Who may send but not look is told so once, not after each event.
    const known = this.#refused.get(instance) === error.code && instance.rev === undefined;
    this.#refused.set(instance, error.code);
    this.#stopped.add(instance);
    const { type, id } = instance.address;
    if (!known) this.#fail({ ...error, type, instance: id }, instance);
    instance.settle();
  }

  /** Takes away the refusal of an instance that is shown after all. */
  #forgive(instance: Instance): void {
    this.#stopped.delete(instance);
    if (this.#refused.delete(instance)) this.#page.clearErrors(instance.address);
  }

  #fail(error: ErrorPatch, sender: Sender): void {
    const { onError, signal } = this.#options;
    if (signal.aborted) return;
    const shown = this.#page.showError("na:refused", error, sender);
    notify(onError, error);
    if (!shown && !onError) console.error(error.message);
  }
}

/** Calls a listener later, so one that throws does not stop the page; the browser reports it. */
function notify<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
  if (listener) queueMicrotask(() => listener(value));
}
