import type { Address } from "../processor/address.ts";
import {
  type AcceptedAnswer,
  type ErrorFrame,
  type GoneFrame,
  type InstanceFrame,
  type PassingFrame,
  protocolVersion,
} from "../processor/frames.ts";
import type { ErrorPatch } from "../processor/message.ts";
import { own } from "../shared/own.ts";
import type { Change } from "./change.ts";
import type { MakeGuess } from "./guessing.ts";
import type { Instance } from "./instance.ts";
import { notify } from "./notify.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { Page, Sender } from "./page.ts";
import { isPrivate } from "./private.ts";
import { randomId } from "./random-id.ts";
import { refusalOfGone } from "./refusal.ts";
import { Refusals } from "./refusals.ts";
import { type SightOptions, watchSight } from "./sight.ts";
import { statusOf } from "./status.ts";
import type { Answer, Following } from "./transport.ts";
import type { Moment } from "./waiters.ts";
import type { Waiting } from "./waiting.ts";
import { watch } from "./watch.ts";

const mount = "mount";

/** The result of sending an event. */
export type SendResult = { readonly ok: true } | { readonly ok: false; readonly error: ErrorPatch };

/** An event that is sent. */
interface Sent {
  readonly event: string;
  readonly payload?: unknown;
  readonly eventId: string;
  readonly kept?: Resent | undefined;
}

/** An answer, and what was shown when it was requested. */
interface Answered {
  readonly answer: AcceptedAnswer;
  readonly before: Moment | undefined;
  readonly eventId?: string;
}
/** An event that an earlier page has left. */
interface Resent extends Pick<Waiting, "message" | "name" | "until"> {}

/** What a session needs of a page. */
export type Shown = Omit<Page, "changed" | "followed" | "scopeOf">;

/** Options of {@link Session}. */
export interface SessionOptions extends OutboxOptions, SightOptions {
  readonly onError?: (error: ErrorPatch) => void;
  readonly onPatches?: (frames: readonly InstanceFrame[]) => void;
}

/** The exchange between a page and its server: events out, frames in, each applied once and in order. */
export class Session {
  readonly #page: Shown;
  readonly #options: SessionOptions;
  readonly #outbox: Outbox;
  readonly #refusals: Refusals;
  readonly #clientId: string = randomId();
  readonly #mounts = new Map<Instance, Promise<void>>();
  readonly #following: Following[] = [];
  /** Whether nobody looks at the page, so nothing is followed. */
  #isAway: boolean;

  constructor(page: Shown, options: SessionOptions) {
    this.#page = page;
    this.#options = options;
    this.#outbox = new Outbox(options);
    this.#refusals = new Refusals(page, options);
    this.#isAway = watchSight(options, (isAway) => {
      this.#isAway = isAway;
      if (isAway) this.#leave();
      else if (options.transport.follow) this.#follow(page.all);
    });
    for (const name of ["online", "offline", "pageshow"]) {
      addEventListener(name, () => {
        if (name !== "offline") this.#retry();
        page.all.forEach((instance) => this.#tell(instance));
      }, { signal: options.signal });
    }
  }

  /** How many events wait for an answer. */
  get waiting(): number {
    return this.#outbox.kept.count;
  }

  /** Sends what earlier pages have left, once the page shows what there is. */
  resume(): void {
    this.#outbox.kept.open((message, kept) => {
      const { type, instance: id, event, payload } = message;
      void this.send({ type, id }, event, payload, { kept: { ...kept, message } });
    });
  }

  /** Gives up all events that wait, such as when somebody signs out. */
  forget(): void {
    this.#outbox.kept.forget();
  }

  /** Connects what the page shows now. */
  refresh(): void {
    const { transport, signal } = this.#options;
    if (signal.aborted) return;
    const changed = this.#page.refresh();
    const instances = this.#page.all;
    if (!transport.follow) this.#follow(instances.filter(({ shown }) => !shown));
    else if (changed) {
      this.#stop();
      this.#follow(instances);
    }
    this.#retry();
    for (const instance of instances) this.#tell(instance);
  }

  /** Sends an event, of the element `origin` if it came from one, and resolves once the page shows its result. */
  async send(
    address: Address,
    event: string,
    payload: unknown,
    { origin, guess, kept }: {
      readonly origin?: Element | undefined;
      readonly guess?: MakeGuess | undefined;
      readonly kept?: Resent;
    } = {},
  ): Promise<SendResult> {
    const sent = this.#page.instance(address);
    const eventId = kept?.message.eventId ?? randomId();
    if (sent) {
      sent.pending++;
      this.#tell(sent);
      const made = guess && sent.state && guess(sent.state, eventId);
      if (made) this.#see(sent, sent.guess(eventId, made));
    }
    const result = await this.#send({ address, origin }, { event, payload, eventId, kept });
    if (sent) {
      this.#see(sent, sent.guess(eventId));
      sent.pending--;
      sent.isSaved = result.ok;
      this.#tell(sent);
    }
    return result;
  }

  async #send(sender: Sender, sent: Sent): Promise<SendResult> {
    const { address } = sender;
    const before = this.#page.instance(address)?.shown;
    const answer = await this.#push(sender, sent);
    const instance = this.#page.instance(address);
    if (answer.ok) {
      // What the event has taken off the page says why.
      if (!before || instance?.shown) this.#page.clearErrors(address);
      this.#retry();
      if (instance) await this.#accept(instance, { answer, before, eventId: sent.eventId });
      const { type, id } = address;
      this.#page.tellSender("na:accepted", sender, {
        ...{ type, instance: id, event: sent.event, eventId: answer.eventId },
      });
      return { ok: true };
    }
    // The event was of a creation that is no more; if the page still shows that, it asks for the one that is.
    if (instance && answer.error.code === "gone" && instance.shown?.epoch === before?.epoch) {
      if (instance.live) this.#reopen(instance);
      else if (!this.#isFollowed(instance)) this.#mount(instance);
    }
    this.#refusals.say(answer.error, sender);
    return { ok: false, error: answer.error };
  }

  /** Stops following, and releases everyone who waits. */
  close(): void {
    this.#stop();
    this.#page.settle();
  }

  #stop(): void {
    for (const following of this.#following.splice(0)) following.close();
  }

  #leave(): void {
    this.#stop();
    for (const instance of this.#page.all) if (instance.shown) this.#lost(instance);
  }

  #follow(instances: readonly Instance[]): void {
    const { transport } = this.#options;
    if (this.#isAway && transport.follow) return;
    for (const instance of instances) {
      this.#refusals.retry(instance);
      if (!transport.follow) this.#mount(instance);
    }
    if (!transport.follow || instances.length === 0) return;
    const at = (addresses: readonly Address[]) => this.#page.instances(addresses);
    this.#following.push(transport.follow(instances.map(({ address }) => address), {
      opening: (addresses) => addresses.map((each) => this.#page.instance(each)?.opening() ?? ""),
      opened: (addresses, token, receiptTtl) => {
        if (receiptTtl) this.#outbox.kept.receiptTtl = receiptTtl;
        at(addresses).forEach((instance) => instance.opened(token));
      },
      frame: (frame) => this.#frame(frame),
      lost: (addresses) => at(addresses).forEach((instance) => this.#lost(instance)),
      refused: (addresses, error) => at(addresses).forEach((each) => this.#stopAt(each, error)),
    }));
  }

  #isFollowed(instance: Instance): boolean {
    const { transport } = this.#options;
    return transport.follow !== undefined && !this.#isAway &&
      (instance.live || !this.#refusals.has(instance));
  }

  #reopen({ address }: Instance): void {
    for (const following of this.#following) following.reopen(address);
  }

  /** Asks again for what the server refused to show. */
  #retry(): void {
    this.#follow(this.#page.all.filter((instance) => this.#refusals.has(instance)));
  }

  async #push(sender: Sender, { event, payload, eventId, kept }: Sent): Promise<Answer> {
    const { address, origin } = sender;
    const instance = this.#page.instance(address);
    // What was deleted is not brought back by looking, but by an event it may be.
    const made = event === mount ? instance?.known : instance?.shown;
    const answer = await this.#outbox.push({
      type: address.type,
      instance: address.id,
      event,
      payload,
      eventId,
      clientId: this.#clientId,
      protocol: protocolVersion,
      stream: instance?.token,
      epoch: made?.epoch,
      rev: made?.rev,
      user: this.#options.user,
      ...kept?.message,
    }, {
      ...kept,
      isPrivate: origin && isPrivate(origin),
      delayed: (error) => {
        const requested = event === mount ? this.#page.instance(address) : undefined;
        this.#refusals.delay(error, sender, requested);
        this.#reach(instance, false);
      },
    });
    this.#reach(instance, true);
    return answer;
  }

  #reach(instance: Instance | undefined, isReached: boolean): void {
    if (!instance || instance.isUnreachable !== isReached) return;
    instance.isUnreachable = !isReached;
    this.#tell(instance);
  }

  /** Shows on the page how it is with an instance. */
  #tell(instance: Instance): void {
    const isFollowed = this.#options.transport.follow !== undefined;
    const isExplained = this.#refusals.explains(instance);
    this.#page.tell(instance, statusOf(instance, { isFollowed, isExplained }));
  }

  #lost(instance: Instance): void {
    instance.lost();
    // The answer to a mount says what an EventSource cannot: which instance was refused, and why.
    const missing = !instance.shown && !this.#refusals.explains(instance);
    if (missing || instance.awaited) this.#mount(instance);
    this.#tell(instance);
  }

  #frame(frame: InstanceFrame | PassingFrame | ErrorFrame): void {
    const instance = this.#page.instance({ type: frame.type, id: frame.instance });
    if (!instance) return;
    switch (frame.action) {
      case "error":
        return this.#stopAt(instance, frame);
      case "gone":
        return this.#hide(instance, frame);
      case "viewers":
        instance.viewers = frame.viewers;
        return this.#tell(instance);
      case "broadcast":
        return this.#page.dispatch(instance, "na:broadcast", frame.payload);
      case "snapshot":
      case "patch":
        return this.#apply(instance, frame);
    }
  }

  #apply(instance: Instance, frame: Exclude<InstanceFrame, GoneFrame>): void {
    try {
      this.#show(instance, instance.frame(frame), frame);
    } catch {
      // It does not lead on from what the page holds, so the next stream begins with what does.
      this.#reopen(instance);
      return;
    }
    this.#refusals.remove(instance);
    this.#tell(instance);
  }

  /** Requests the whole state by an event. Events go in order, so one on its way is new enough for everyone. */
  #mount(instance: Instance): Promise<void> {
    const request = this.#mounts.get(instance) ??
      this.#requestState(instance).finally(() => this.#mounts.delete(instance));
    this.#mounts.set(instance, request);
    return request;
  }

  async #requestState(instance: Instance): Promise<void> {
    const before = instance.shown;
    const answer = await this.#push(instance, { event: mount, eventId: randomId() });
    if (!answer.ok) return this.#refuse(instance, answer.error);
    instance.settle();
    this.#take(instance, { answer, before });
    if (this.#isFollowed(instance)) this.#watch(instance, answer);
    // A stream that was refused stays so, and goes on saying why.
    if (instance.shown && !this.#refusals.has(instance)) this.#refusals.remove(instance);
    this.#tell(instance);
  }

  /** Resolves once the page shows what an event has changed. */
  async #accept(
    instance: Instance,
    { answer, before, eventId }: Answered,
  ): Promise<void> {
    const frame = this.#take(instance, { answer, before, eventId });
    const { shown } = instance;
    if (frame?.action === "gone" && !shown) return;
    // The page shows another creation since, which never comes to what the event has changed.
    if (shown && before?.epoch === answer.epoch && shown.epoch !== answer.epoch) return;
    const caughtUp = this.#isFollowed(instance) ? this.#watch(instance, answer) : undefined;
    if (instance.shows(answer)) return;
    if (caughtUp && instance.live) await caughtUp;
    else await this.#mount(instance);
  }

  /** Shows the frame of an answer where it leads on from what is shown, and returns it. */
  #take(
    instance: Instance,
    { answer, before, eventId }: Answered,
  ): InstanceFrame | undefined {
    const { type, id } = instance.address;
    const { epoch, patches } = own(answer);
    const floor = before?.rev ?? 0;
    const frame = patches?.find((each) => each.type === type && each.instance === id);
    if (frame?.action === "gone") {
      // The stream is the one source of order.
      if (!instance.live) this.#hide(instance, frame);
    } else if (frame) {
      this.#show(instance, instance.answer(frame, { epoch, eventId, floor }), frame);
    }
    return frame;
  }

  #watch(instance: Instance, answer: Moment): Promise<void> {
    const { clock } = this.#options;
    return watch(instance, { answer, clock, reopen: () => this.#reopen(instance) });
  }

  #show(instance: Instance, change: Change | undefined, frame: InstanceFrame): void {
    if (this.#see(instance, change)) notify(this.#options.onPatches, [frame]);
  }

  /** Shows how what is shown of an instance has changed, and returns whether it has. */
  #see(instance: Instance, change: Change | undefined): boolean {
    if (!change || change.properties?.size === 0) return false;
    this.#page.show(instance, change);
    return true;
  }

  #hide(instance: Instance, frame: GoneFrame): void {
    if (instance.shown) this.#page.hide(instance);
    this.#refuse(instance, refusalOfGone(frame));
  }

  /** Hears that the stream does without an instance. */
  #stopAt(instance: Instance, error: ErrorPatch): void {
    instance.lost();
    this.#refuse(instance, error);
  }

  #refuse(instance: Instance, error: ErrorPatch): void {
    this.#refusals.add(instance, error);
    this.#tell(instance);
  }
}
