import type { Engine } from "../processor/engine.ts";
import { NascError } from "../processor/errors.ts";
import type { ProcessContext } from "../processor/options.ts";
import { reportError } from "../processor/report-error.ts";
import { type Elsewhere, rescueDelay } from "../processor/send/elsewhere.ts";
import { storedMessage } from "../processor/send/queued-message.ts";
import { deadType, delayedType, outboxType } from "../processor/side-types.ts";
import { formatLine, parseLine } from "../processor/transfer/instance-line.ts";
import { type InstanceNamespace, namespaceKind } from "../router/objects/namespace.ts";
import type { DeliverCall, QueueCall } from "../router/objects/wire.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { describe, describeCount } from "../shared/describe.ts";
import { receiveAll } from "./inbox.ts";
import { ObjectAlarm } from "./object-alarm.ts";
import { ObjectStore } from "./object-store.ts";
import type { NascObjectOptions } from "./options.ts";
import { OtherObjects } from "./other-objects.ts";
import type { ObjectContext } from "./platform.ts";

/** How many milliseconds messages wait that nobody can deliver, until an option is there again. */
const longPause = 300_000;

/** What an object sends to others, and gets from them. */
export class Mail {
  /** The storage of the object. */
  readonly store: ObjectStore;
  /** How other objects are reached, or why they are not. */
  readonly elsewhere: Elsewhere | string;
  readonly #context: ObjectContext;
  readonly #env: unknown;
  readonly #options: NascObjectOptions;
  readonly #clock: Clock;
  readonly #alarm: ObjectAlarm;
  #loading: Promise<unknown> | undefined;

  constructor(context: ObjectContext, env: unknown, options: NascObjectOptions) {
    const { clock = systemClock, random = Math.random, instances } = options;
    this.#context = context;
    this.#env = env;
    this.#options = options;
    this.#clock = clock;
    this.#alarm = new ObjectAlarm(context.storage);
    this.store = new ObjectStore(context.storage, { clock, alarm: this.#alarm });
    const namespace = namespaceOf(instances, env);
    if (typeof namespace === "string") {
      this.elsewhere = namespace;
      return;
    }
    const others = new OtherObjects(namespace, { clock, random });
    this.elsewhere = {
      deliver: (messages) => others.deliver(messages),
      wakeAt: (time) => this.#alarm.by(time),
    };
  }

  /** Loads what has to be known before anything is sent. */
  load(): Promise<unknown> | undefined {
    if (typeof this.elsewhere === "string") return undefined;
    return this.#loading ??= Promise.all([this.store.loadNumbers(), this.#alarm.load()])
      .catch((error) => {
        // Whoever comes next tries again.
        this.#loading = undefined;
        throw error;
      });
  }

  /** Takes what another object has sent, and returns what became of it. */
  async receive(engine: Engine, { address, messages }: DeliverCall): Promise<Response> {
    const parsed = messages.map((line) => {
      const { key, value } = parseLine(line);
      return { ...storedMessage(outboxType, { key, value, version: "" }).message, ...address };
    });
    const receiving = receiveAll({ engine, store: this.store }, parsed, this.#outside);
    this.#context.waitUntil(receiving);
    return new Response(JSON.stringify(await receiving));
  }

  /** Delivers what is due, and what this object has left when it ended before. It never rejects. */
  async wake(engine: Engine): Promise<void> {
    this.#alarm.rung();
    if (typeof this.elsewhere === "string") return await this.#putOff(this.elsewhere);
    // If the object ended each time, the platform would stop calling it.
    const begin = () => this.#alarm.by(this.#clock.now() + rescueDelay);
    try {
      const next = await engine.sendQueue.wake(this.#outside, begin);
      if (next !== undefined) this.#alarm.by(next);
    } catch (error) {
      begin();
      this.#report(error);
    }
  }

  /** Returns the messages of this object that are dead, or sends one again, or deletes it. */
  async answer(engine: Engine, { ask }: QueueCall): Promise<Response> {
    const { sendQueue } = engine;
    switch (ask.what) {
      case "dead": {
        const dead = await sendQueue.dead(ask.options);
        const lines = dead.map((value) => formatLine({ type: deadType, key: value.key, value }));
        return new Response(lines.join("\n"));
      }
      case "resend":
        return new Response(JSON.stringify(await sendQueue.resend(ask.key, this.#outside)));
      case "discard":
        return new Response(JSON.stringify(await sendQueue.discard(ask.key)));
    }
  }

  /**
   * Delivers all that is due.
   *
   * @throws {NascError} `unavailable` if something is left: nobody knows whether its receiver has got it
   */
  async deliver(engine: Engine): Promise<void> {
    if (typeof this.elsewhere !== "string") await engine.drain({ env: this.#env });
    const count = await this.store.count(outboxType);
    if (count === 0) return;
    throw new NascError(
      "unavailable",
      `${
        describeCount(count)
      } of its messages wait for their receivers; stop the events, and try again`,
    );
  }

  /** Begins to deliver what was put into the queue. */
  begin(engine: Engine): void {
    const delivering = engine.sendQueue.drain(this.#outside);
    this.#context.waitUntil(delivering.catch((error) => this.#report(error)));
  }

  /** Lets what waits wait for longer, if anything does. */
  async #putOff(refusal: string): Promise<void> {
    const counts = await Promise.all([outboxType, delayedType].map((type) => {
      return this.store.count(type);
    }));
    const count = counts.reduce((sum, each) => sum + each, 0);
    if (count === 0) return;
    this.#alarm.by(this.#clock.now() + longPause);
    this.#report(
      new Error(`Cannot deliver what was sent, ${describeCount(count)} in all: ${refusal}`),
    );
  }

  #report(error: unknown): void {
    reportError(error, { eventId: "send queue" }, this.#options);
  }

  /** What the handlers of a message get of the platform. */
  get #outside(): ProcessContext {
    return { env: this.#env, waitUntil: (work) => this.#context.waitUntil(work) };
  }
}

/** Returns the namespace of the objects, or why there is none. */
function namespaceOf(
  instances: NascObjectOptions["instances"],
  env: unknown,
): InstanceNamespace | string {
  if (!instances) {
    return "this object does not know where others are; give nascObject the option instances, such as " +
      "instances: (env) => env.NASC";
  }
  const namespace = instances(env);
  if (namespaceKind.fits(namespace)) return namespace;
  return `the option instances of nascObject returned ${
    describe(namespace)
  }; return ${namespaceKind.cure}`;
}
