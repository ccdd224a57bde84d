import type { AcceptedAnswer, InstanceFrame, Message } from "rian/client";
import { makeOperations } from "../../../src/processor/operations/make-operations.ts";
import { stateTag } from "../../../src/processor/state-tag.ts";

export interface State {
  readonly n: number;
  readonly items: readonly { readonly id: string; readonly done: boolean }[];
  /** Whether only the first page may see it. */
  readonly hidden: boolean;
  /** Makes the state longer than the operations on it, so that they are sent. */
  readonly filler: string;
}

/** What the page of a number sees. */
export type View = (state: State, page: number) => Record<string, unknown> | undefined;

/** An instance as a storage has it. */
interface Stored {
  readonly epoch: string;
  readonly rev: number;
  readonly state: State;
  /** The states at the revisions before, the oldest first. */
  readonly past: readonly State[];
}

/** An answer, with its HTTP status. */
export interface Response {
  readonly status: number;
  readonly body: object;
}

/** A change of a state by an event's payload. */
export type Handler = (state: State, mark: string) => State;

const first: State = { n: 0, items: [], hidden: false, filler: "-".repeat(300) };

export const handlers: Readonly<Record<string, Handler>> = {
  count: (state) => ({ ...state, n: state.n + 1 }),
  reset: (state) => ({ ...state, n: 0 }),
  add: (state, mark) => ({ ...state, items: [{ id: mark, done: false }, ...state.items] }),
  toggle: (state) => ({
    ...state,
    items: state.items.map((item, index) => index === 0 ? { ...item, done: !item.done } : item),
  }),
  rotate: (state) => ({ ...state, items: [...state.items.slice(1), ...state.items.slice(0, 1)] }),
  hide: (state) => ({ ...state, hidden: !state.hidden }),
};

/** A server as design/wire.md describes it, in one process, without storage or network. */
export class ModelServer {
  /** The marks of the events that were run, in order. */
  readonly ran: string[] = [];
  /** The streams that the server believes to be open, by their tokens. */
  readonly streams: Map<string, ServerStream> = new Map();
  readonly #stored = new Map<string, Stored>();
  /** All states of each creation, from its first revision on, by their epochs. */
  readonly #creations = new Map<string, State[]>();
  readonly #receipts = new Set<string>();
  readonly #view: View;
  readonly #isSilent: boolean;
  #epochs = 0;
  #tokens = 0;

  /** `isSilent` makes a stream that sends nothing where a page sees no difference. */
  constructor(view: View, { isSilent }: { readonly isSilent: boolean }) {
    this.#view = view;
    this.#isSilent = isSilent;
  }

  /** Returns what is stored of an instance, which is created if there is none. */
  at(id: string): Stored {
    return this.#stored.get(id) ?? this.recreate(id);
  }

  /** Begins a new creation of an instance, whose revisions begin again. */
  recreate(id: string): Stored {
    const stored: Stored = { epoch: `e${++this.#epochs}`, rev: 1, state: first, past: [] };
    this.#stored.set(id, stored);
    this.#creations.set(stored.epoch, [first]);
    return stored;
  }

  /** Changes an instance as the event of another program would. */
  change(id: string, handler: Handler, mark: string): void {
    const before = this.at(id);
    const state = handler(before.state, mark);
    if (JSON.stringify(state) === JSON.stringify(before.state)) return;
    const past = [...before.past, before.state];
    this.#stored.set(id, { ...before, rev: before.rev + 1, state, past });
    this.#creations.get(before.epoch)!.push(state);
  }

  /** Takes the newest change back, at a revision of its own. */
  revert(id: string): void {
    this.change(id, (state) => this.at(id).past.at(-1) ?? state, "");
  }

  /** Returns what a page sees of an instance. */
  seen(id: string, page: number): Record<string, unknown> | undefined {
    return this.#view(this.at(id).state, page);
  }

  /** Returns what a page could see of an instance at a moment. */
  was({ epoch, rev }: Pick<Stored, "epoch" | "rev">, page: number): object | undefined {
    const state = this.#creations.get(epoch)?.[rev - 1];
    return state && this.#view(state, page);
  }

  /** Answers a message of a page. */
  answer(
    { instance: id, event, payload, eventId, epoch, stream }: Message,
    page: number,
  ): Response {
    const before = this.at(id);
    const { mark } = (payload ?? {}) as { readonly mark: string };
    if (event === "mount" || this.#receipts.has(eventId!)) {
      return this.#accept(id, eventId!, { patches: [this.#whole(id, page)] });
    }
    if (epoch !== undefined && epoch !== before.epoch) {
      return { status: 410, body: { code: "gone", detail: "It was deleted" } };
    }
    const seen = this.seen(id, page);
    this.change(id, handlers[event]!, mark);
    this.ran.push(mark);
    this.#receipts.add(eventId!);
    const after = this.seen(id, page);
    const isFollowed = this.streams.get(stream ?? "")?.follows(id);
    if (isFollowed && JSON.stringify(seen) !== JSON.stringify(after)) {
      return this.#accept(id, eventId!, { streamed: true });
    }
    const frame = this.#patch(id, page, { rev: before.rev, seen });
    return this.#accept(id, eventId!, { patches: [frame] });
  }

  /** Answers a poll. */
  poll(address: string, page: number): Response {
    const token = this.open(address, page);
    const [, ...frames] = this.streams.get(token)!.pipe;
    this.streams.delete(token);
    return { status: 200, body: { ok: true, frames: frames.map((frame) => JSON.parse(frame)) } };
  }

  /** Opens a stream as its address says, and returns its token. */
  open(address: string, page: number): string {
    const query = new URLSearchParams(address.split("?")[1]);
    const haves = query.getAll("have");
    const token = `s${++this.#tokens}`;
    const told = new Map<string, Told>();
    const stream = new ServerStream(this, told, page);
    this.streams.set(token, stream);
    stream.write({
      action: "hello",
      heartbeat: 15_000,
      protocol: 2,
      stream: token,
      receiptTtl: 86_400_000,
    });
    for (const [index, scope] of query.getAll("scope").entries()) {
      const id = scope.split(":")[1]!;
      const { epoch, rev } = this.at(id);
      told.set(id, { epoch, rev, seen: this.seen(id, page) });
      stream.write(this.#resume(id, page, haves[index]!.split(".")));
    }
    return token;
  }

  /** Returns the first frame of a stream, which leads on from what the page holds if that was so. */
  #resume(id: string, page: number, [epoch, have, tag]: readonly string[]): InstanceFrame {
    const { past, state, ...now } = this.at(id);
    const rev = Number(have);
    const held = [...past, state][rev - 1];
    const seen = held && this.#view(held, page);
    const isHeld = epoch === now.epoch && seen && stateTag(seen) === tag;
    return isHeld ? this.#patch(id, page, { rev, seen }) : this.#whole(id, page);
  }

  /** Returns what leads a page on from what it sees, or the whole. */
  #patch(id: string, page: number, before: Omit<Told, "epoch">): InstanceFrame {
    const { rev } = this.at(id);
    const seen = this.seen(id, page);
    const ops = before.seen && seen && makeOperations(before.seen, seen);
    if (!ops) return this.#whole(id, page);
    const base = before.rev === rev - 1 ? {} : { base: before.rev };
    return { action: "patch", type: "T", instance: id, rev, ...base, ops };
  }

  #whole(id: string, page: number): InstanceFrame {
    const { epoch, rev } = this.at(id);
    const state = this.seen(id, page);
    return state
      ? { action: "snapshot", type: "T", instance: id, epoch, rev, state }
      : { action: "gone", type: "T", instance: id, code: "forbidden" };
  }

  #accept(id: string, eventId: string, rest: Partial<AcceptedAnswer>): Response {
    const { epoch, rev } = this.at(id);
    return { status: 200, body: { ok: true, eventId, rev, epoch, ...rest } };
  }

  /** Returns what leads a viewer from what it was told to what is stored, if it is not told already. */
  news(id: string, told: Told, page: number): InstanceFrame | undefined {
    const { epoch, rev } = this.at(id);
    const seen = this.seen(id, page);
    const isEqual = JSON.stringify(seen) === JSON.stringify(told.seen);
    if (!seen || !told.seen) return isEqual ? undefined : this.#whole(id, page);
    if (epoch !== told.epoch || rev <= told.rev && !isEqual) return this.#whole(id, page);
    if (rev === told.rev || this.#isSilent && isEqual) return undefined;
    return this.#patch(id, page, told);
  }
}

/** What a viewer was told last of an instance. */
interface Told {
  readonly epoch: string;
  readonly rev: number;
  readonly seen: Record<string, unknown> | undefined;
}

/** A stream as the server has it. */
export class ServerStream {
  /** What was written and has not arrived. */
  readonly pipe: string[] = [];
  readonly #server: ModelServer;
  readonly #told: Map<string, Told>;
  readonly #page: number;

  constructor(server: ModelServer, told: Map<string, Told>, page: number) {
    this.#server = server;
    this.#told = told;
    this.#page = page;
  }

  follows(id: string): boolean {
    return this.#told.has(id);
  }

  write(frame: object): void {
    this.pipe.push(JSON.stringify(frame));
  }

  /** Writes what is new: one frame for all that has changed since the last look. */
  look(): void {
    for (const [id, told] of this.#told) {
      const frame = this.#server.news(id, told, this.#page);
      if (!frame) continue;
      const { epoch, rev } = this.#server.at(id);
      this.#told.set(id, { epoch, rev, seen: this.#server.seen(id, this.#page) });
      this.write(frame);
    }
  }
}
