import {
  type Address,
  type Answer,
  connect,
  type Connection,
  type ConnectOptions,
  type ErrorPatch,
  type Frame,
  type Message,
  type Patch,
  type StreamListener,
  type Transport,
} from "rian/client";
import { onTestFinished } from "vitest";

type State = Record<string, unknown>;
type Handler = (payload: State, state: State) => State;

/**
 * A server that a test drives: it runs handlers in memory and sends the wire's patches, so a test decides when an
 * answer or a frame arrives. The end-to-end test runs the same pages against the real router.
 */
export class ScriptedServer implements Transport {
  /** Every message, in the order of arrival. */
  readonly sent: Message[] = [];
  readonly #handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>>;
  readonly #states = new Map<string, { state: State; rev: number }>();
  readonly #listeners = new Map<string, Set<StreamListener>>();
  #held: (() => void)[] | undefined;
  #heldStream: (() => void)[] | undefined;

  constructor(
    states: Readonly<Record<string, State>> = {},
    handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {},
  ) {
    this.#handlers = handlers;
    for (const [key, state] of Object.entries(states)) this.#states.set(key, { state, rev: 1 });
  }

  async send(message: Message): Promise<Answer> {
    this.sent.push(message);
    const answer = this.#answer(message);
    if (this.#held) await new Promise<void>((resolve) => this.#held!.push(resolve));
    return answer;
  }

  follow(addresses: readonly Address[], listener: StreamListener): () => void {
    const keys = addresses.map(({ type, id }) => `${type}:${id}`);
    for (const key of keys) {
      const listeners = this.#listeners.get(key) ?? new Set();
      this.#listeners.set(key, listeners.add(listener));
      this.snapshot(key, listener);
    }
    return () => keys.forEach((key) => this.#listeners.get(key)?.delete(listener));
  }

  /** The instances that are followed. */
  get followed(): string[] {
    return [...this.#listeners].filter(([, listeners]) => listeners.size > 0).map(([key]) => key);
  }

  /** Sends the whole state of an instance. */
  snapshot(key: string, listener?: StreamListener): void {
    const { state, rev } = this.#at(key);
    const changes = frame(key, state, rev);
    const whole = { ...changes, patches: [schemaOf(key), ...changes.patches] };
    if (listener) listener.snapshot(whole);
    else this.#listeners.get(key)?.forEach((each) => each.snapshot(whole));
  }

  /** Changes properties and streams them, as an event of another page would. */
  change(key: string, changes: State): void {
    const current = this.#at(key);
    const next = { state: { ...current.state, ...changes }, rev: current.rev + 1 };
    this.#states.set(key, next);
    this.#stream(key, frame(key, changes, next.rev));
  }

  /** Holds answers back until the returned function is called. */
  holdAnswers(): () => void {
    const held: (() => void)[] = this.#held = [];
    return () => {
      this.#held = undefined;
      held.forEach((release) => release());
    };
  }

  /** Holds frames back until the returned function is called. */
  holdStream(): () => void {
    const held: (() => void)[] = this.#heldStream = [];
    return () => {
      this.#heldStream = undefined;
      held.forEach((release) => release());
    };
  }

  #answer({ type, instance, event, payload, eventId }: Message): Answer {
    const key = `${type}:${instance}`;
    const { state, rev } = this.#at(key);
    const handler = this.#handlers[type]?.[event];
    if (!handler) return refusal("unknown-event", `${type} has no event ${event}`, { eventId });
    try {
      const next = handler(payload as State, structuredClone(state));
      const changed = Object.fromEntries(
        Object.entries(next).filter(([prop, value]) =>
          JSON.stringify(value) !== JSON.stringify(state[prop])
        ),
      );
      if (Object.keys(changed).length === 0) return { ok: true, rev, patches: [] };
      this.#states.set(key, { state: next, rev: rev + 1 });
      const streamed = frame(key, changed, rev + 1);
      this.#stream(key, streamed);
      return { ok: true, rev: rev + 1, patches: streamed.patches };
    } catch (error) {
      return (error as { answer: Answer }).answer;
    }
  }

  #stream(key: string, streamed: Frame): void {
    const wire = JSON.stringify(streamed);
    const deliver = () =>
      this.#listeners.get(key)?.forEach((each) => each.message(JSON.parse(wire)));
    if (this.#heldStream) this.#heldStream.push(deliver);
    else queueMicrotask(deliver);
  }

  #at(key: string): { state: State; rev: number } {
    const found = this.#states.get(key) ?? { state: {}, rev: 1 };
    this.#states.set(key, found);
    return found;
  }
}

/** Refuses an event, in a handler. */
export function refuse(code: string, message: string, fields?: Record<string, string>): never {
  throw { answer: refusal(code, message, { fields }) };
}

/** Returns an answer that refuses an event. */
export function refusal(code: string, message: string, more: Partial<ErrorPatch> = {}): Answer {
  return { ok: false, error: { action: "error", code, message, ...more } };
}

/** Returns a frame with changes of one instance. */
export function frame(key: string, changes: State, rev: number): Frame {
  const [type, instance] = split(key);
  return { type, instance, rev, patches: updates(key, changes, rev) };
}

/** Returns one `bindUpdate` for each property. */
export function updates(key: string, changes: State, rev: number): Patch[] {
  const [type, instance] = split(key);
  return Object.entries(changes).map(([prop, value]) => ({
    action: "bindUpdate",
    type,
    instance,
    prop,
    value: value ?? null,
    ...(value === undefined ? { removed: true as const } : {}),
    rev,
  }));
}

/** Puts markup in the page for one test and connects it; undoes both at its end. */
export function open(
  markup: string,
  transport: ConnectOptions["transport"],
  options: ConnectOptions = {},
): Connection {
  render(markup);
  const connection = connect({ transport, ...options });
  onTestFinished(() => connection.close());
  return connection;
}

/** Puts markup in the page for one test, and removes it at its end. */
export function render(markup: string): void {
  document.body.innerHTML = markup;
  onTestFinished(() => document.body.replaceChildren());
}

/** Returns the one element that a selector finds. */
export function one<Found extends Element = HTMLElement>(selector: string): Found {
  const found = document.querySelectorAll<Found>(selector);
  if (found.length !== 1) {
    throw new Error(`Cannot pick ${selector}: ${found.length} elements match`);
  }
  return found[0]!;
}

/** Returns the text of every element that a selector finds. */
export function texts(selector: string): string[] {
  return Array.from(document.querySelectorAll(selector), (element) => element.textContent ?? "");
}

function schemaOf(key: string): Patch {
  const [type, instance] = split(key);
  return { action: "schema", type, instance, schema: { type: "object" } };
}

function split(key: string): [string, string] {
  const colon = key.indexOf(":");
  return [key.slice(0, colon), key.slice(colon + 1)];
}
