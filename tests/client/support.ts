import {
  type AcceptedAnswer,
  type Address,
  type Answer,
  connect,
  type Connection,
  type ConnectOptions,
  type ErrorFrame,
  type ErrorPatch,
  type Following,
  type Message,
  type PatchFrame,
  type SnapshotFrame,
  type StreamListener,
  type Transport,
} from "rian/client";
import { onTestFinished } from "vitest";
import { makeOperations } from "../../src/processor/operations/make-operations.ts";

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

  follow(addresses: readonly Address[], listener: StreamListener): Following {
    const keys = addresses.map(({ type, id }) => `${type}:${id}`);
    listener.opening(addresses);
    for (const key of keys) {
      const listeners = this.#listeners.get(key) ?? new Set();
      this.#listeners.set(key, listeners.add(listener));
      listener.frame(snapshot(key, this.#at(key).state, this.#at(key).rev));
    }
    return {
      reopen() {
        throw new Error("The page found something wrong with the stream");
      },
      close: () => keys.forEach((key) => this.#listeners.get(key)?.delete(listener)),
    };
  }

  /** The instances that are followed. */
  get followed(): string[] {
    return [...this.#listeners].filter(([, listeners]) => listeners.size > 0).map(([key]) => key);
  }

  /** Sends the whole state of an instance. */
  snapshot(key: string): void {
    const { state, rev } = this.#at(key);
    this.#listeners.get(key)?.forEach((each) => each.frame(snapshot(key, state, rev)));
  }

  /** Says that the user may see an instance no longer. */
  gone(key: string): void {
    const frame = { action: "gone", ...split(key), code: "forbidden" } as const;
    this.#listeners.get(key)?.forEach((each) => each.frame(frame));
  }

  /** Changes properties and streams them, as an event of another page would. */
  change(key: string, changes: State): void {
    const current = this.#at(key);
    this.#change(key, { ...current.state, ...changes });
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
      if (JSON.stringify(next) === JSON.stringify(state)) return emptyAnswer(rev);
      return { ...emptyAnswer(rev + 1), patches: [this.#change(key, next)] };
    } catch (error) {
      return (error as { answer: Answer }).answer;
    }
  }

  #change(key: string, after: State): PatchFrame {
    const { state, rev } = this.#at(key);
    const next = JSON.parse(JSON.stringify(after));
    const frame = {
      ...patch(key, after, rev + 1),
      // A state that is shorter than its changes is replaced, property by property.
      ...{ ops: makeOperations(state, next) ?? patch(key, { ...allGone(state), ...after }, 0).ops },
    };
    this.#states.set(key, { state: next, rev: rev + 1 });
    const wire = JSON.stringify(frame);
    const deliver = () => this.#listeners.get(key)?.forEach((each) => each.frame(JSON.parse(wire)));
    if (this.#heldStream) this.#heldStream.push(deliver);
    else queueMicrotask(deliver);
    return JSON.parse(wire);
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

/** Returns a frame with the whole state of one instance. */
export function snapshot(key: string, state: State, rev: number, epoch = "e"): SnapshotFrame {
  return { action: "snapshot", ...split(key), rev, epoch, state };
}

/** Returns a frame with changes of one instance, from the revision before unless another is given. */
export function patch(key: string, changes: State, rev: number, base?: number): PatchFrame {
  const ops = Object.entries(changes).map(([name, value]) =>
    value === undefined
      ? { op: "remove", path: `/${name}` } as const
      : { op: "add", path: `/${name}`, value } as const
  );
  return { action: "patch", ...split(key), rev, ...(base !== undefined && { base }), ops };
}

/** Returns a frame that refuses one instance. */
export function refused(key: string, code: string, message: string): ErrorFrame {
  return { action: "error", ...split(key), code, message };
}

/** Returns the answer to an event that changed the revision before. */
export function eventAnswer(key: string, changes: State, rev: number): AcceptedAnswer {
  return { ...emptyAnswer(rev), patches: [patch(key, changes, rev)] };
}

/** Returns the answer to an event that the page's stream brings. */
export function streamedAnswer(rev: number, epoch = "e"): AcceptedAnswer {
  return { ok: true, eventId: "e", rev, epoch, streamed: true };
}

/** Returns the answer to a mount. */
export function mountAnswer(key: string, state: State, rev: number, epoch = "e"): AcceptedAnswer {
  return { ...emptyAnswer(rev), epoch, patches: [snapshot(key, state, rev, epoch)] };
}

/** Returns the answer to an event that changed nothing. */
export function emptyAnswer(rev: number): AcceptedAnswer {
  return { ok: true, eventId: "e", rev, epoch: "e", patches: [] };
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

function allGone(state: State): State {
  return Object.fromEntries(Object.keys(state).map((name) => [name, undefined]));
}

function split(key: string): { readonly type: string; readonly instance: string } {
  const colon = key.indexOf(":");
  return { type: key.slice(0, colon), instance: key.slice(colon + 1) };
}
