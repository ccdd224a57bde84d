/**
 * The transport over a WebSocket: a module that only pages load which ask for it. What it needs of the client it is
 * given, so that nothing is downloaded twice.
 *
 * @module
 */
import type { Address } from "../processor/address.ts";
import type { ClosedFrame, Frame } from "../processor/frames.ts";
import type { Message } from "../processor/message.ts";
import type { readAnswer } from "./read-answer.ts";
import type { Answer, Following, StreamListener, Transport } from "./transport.ts";
import type { waitAfter, WaitOptions } from "./wait-after.ts";

/** The part of a `WebSocket` that the client uses. */
export interface ClientSocket {
  /** Listens to `open`, `message`, `error` or `close`. */
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  /** Sends a text. */
  send(text: string): void;
  /** Closes it. */
  close(): void;
}

/** The class that opens a {@link ClientSocket}, such as the browser's `WebSocket`. */
export type ClientSocketConstructor = new (url: string) => ClientSocket;

/** Options of {@link overSocket}. */
export interface SocketOptions extends WaitOptions {
  /** Where the router is. */
  readonly url: string;
  /** Opens sockets; the browser's own by default. */
  readonly WebSocket: ClientSocketConstructor | undefined;
  /** Sends what goes by no socket, and follows while there is none. */
  readonly instead: Required<Transport>;
  readonly readAnswer: typeof readAnswer;
  readonly waitAfter: typeof waitAfter;
}

/** The instances of one call of `follow`. */
interface Group {
  readonly listener: StreamListener;
  /** By `Type:id`. */
  readonly addresses: Map<string, Address>;
  /** What follows them while the socket does not. */
  streams?: Following | undefined;
}

/** What a server says over a socket. */
type Said = Frame | ClosedFrame | { readonly action?: undefined; readonly answer: SocketAnswer };

/** The body of an answer. */
interface SocketAnswer {
  readonly eventId: string;
  readonly status?: number;
  readonly retryAfter?: number;
}

/** A message without an answer. */
interface Unanswered {
  readonly message: Message;
  resolve(answer: Answer | Promise<Answer>): void;
  reject(): void;
}

const mostFollowed = 100;
/** Larger messages go by a request: one that the server takes for too large would cost all the others their socket. */
const longestSent = 60_000;
const longestOpening = 5_000;
const steadyAfter = 5_000;
/** After so many sockets that were cut off soon, streams take over. */
const mostFailures = 3;
const triedAgainAfter = 300_000;
const heartbeats = 3;
const shortestSilence = 10_000;
const repeatable: readonly string[] = ["limited", "unavailable", "timeout", "newer-state"];

/**
 * Returns a transport over one socket for all instances. Where none opens, or each is cut off soon, `instead` follows
 * them, and a socket is tried again every five minutes. A message whose answer does not come over the socket goes by
 * `instead`, with the same id.
 */
export function overSocket(
  { url, WebSocket = globalThis.WebSocket, instead, readAnswer, waitAfter, ...waiting }:
    SocketOptions,
): Required<Transport> {
  const { clock, signal } = waiting;
  const groups = new Set<Group>();
  const unanswered = new Map<string, Unanswered>();
  const tried = new WeakSet<Message>();
  /** How many times each instance was let go without the server having said so yet, by `Type:id`. */
  const leaving = new Map<string, number>();
  /** What the server has refused to the user of this socket, by `Type:id`. */
  const refused = new Set<string>();
  let socket: ClientSocket | undefined;
  /** The stream's token, once the server has said it. */
  let token: string | undefined;
  let isWaiting = false;
  let isSteady = false;
  let failures = 0;
  let heartbeat = 15_000;
  let receiptTtl: number | undefined;
  let silence: unknown;
  let steady: unknown;
  let next: unknown;

  function connect(): void {
    clock.clearTimeout(next);
    let mine: ClientSocket;
    try {
      // As `fetch` would find it.
      socket = mine = new WebSocket(new Request(`${url}/ws`).url.replace("http", "ws"));
    } catch {
      return follow();
    }
    const listen = (type: string, listener: (data: string) => void) =>
      mine.addEventListener(type, ({ data }) => socket === mine && listener(String(data)));
    // Some servers say hello only to who has said something.
    listen("open", () => mine.send("ping"));
    listen("message", hear);
    for (const type of ["error", "close"]) listen(type, lose);
    silence = clock.setTimeout(lose, longestOpening);
  }

  function hear(data: string): void {
    clock.clearTimeout(silence);
    const wait = token ? Math.max(heartbeats * heartbeat, shortestSilence) : longestOpening;
    silence = clock.setTimeout(lose, wait);
    if (data.startsWith("ping")) socket!.send(`pong${data.slice(4)}`);
    else if (data !== "pong") receive(JSON.parse(data));
  }

  function receive(said: Said): void {
    switch (said.action) {
      case undefined:
        return answer(said.answer);
      case "hello":
        ({ heartbeat, receiptTtl, stream: token } = said);
        steady = clock.setTimeout(() => {
          isSteady = true;
          failures = 0;
        }, steadyAfter);
        return groups.forEach((group) => {
          group.streams?.close();
          group.streams = undefined;
          open(group);
        });
      case "reopen":
      case "end":
        return reopen();
      case "beat":
        return;
    }
    const scope = `${said.type}:${said.instance}`;
    const left = leaving.get(scope) ?? 0;
    if (said.action === "closed") leaving.set(scope, left - 1);
    else if (left === 0) pass(scope, said);
  }

  function pass(scope: string, frame: Parameters<StreamListener["frame"]>[0]): void {
    const group = groupOf(scope);
    if (!group) return;
    if (frame.action === "error") {
      if (repeatable.includes(frame.code)) return void openLater(scope, group, frame.retryAfter);
      // What is refused is not asked for again here, but by the listener, when it may help.
      group.addresses.delete(scope);
      refused.add(scope);
    }
    group.listener.frame(frame);
  }

  async function openLater(scope: string, group: Group, extra?: number): Promise<void> {
    const { listener, addresses } = group;
    const mine = socket;
    listener.lost([addresses.get(scope)!]);
    await waitAfter(1, waiting, extra);
    if (socket === mine && groupOf(scope) === group) open(group, [scope]);
  }

  function open(
    { listener, addresses }: Group,
    scopes: readonly string[] = [...addresses.keys()],
  ): void {
    if (scopes.length === 0) return;
    const opened = scopes.map((scope) => addresses.get(scope)!);
    const haves = listener.opening(opened);
    say({ open: scopes.map((scope, index) => ({ scope, have: haves[index] })) });
    listener.opened(opened, token!, receiptTtl);
  }

  function letGo(group: Group, scopes: readonly string[]): void {
    const followed = scopes.filter((scope) => group.addresses.delete(scope));
    if (group.addresses.size === 0) groups.delete(group);
    if (followed.length === 0 || !token || group.streams) return;
    for (const scope of followed) leaving.set(scope, (leaving.get(scope) ?? 0) + 1);
    say({ close: followed });
  }

  function groupOf(scope: string): Group | undefined {
    return [...groups].find(({ addresses }) => addresses.has(scope));
  }

  function say(message: object): void {
    socket!.send(JSON.stringify(message));
  }

  function answer(body: SocketAnswer): void {
    const { status = 200, retryAfter = 0, eventId } = body;
    const headers = { "retry-after": `${retryAfter / 1000}` };
    const waited = unanswered.get(eventId);
    if (status === 401 || status === 403) return waited && askAnew(waited);
    const response = new Response(JSON.stringify(body), { status, headers });
    waited?.resolve(readAnswer(response, clock, waited.message));
  }

  /** Sends what was refused with the cookies that are so now. If that makes a difference, the socket is outdated. */
  function askAnew({ message, resolve }: Unanswered): void {
    resolve(
      instead.send(message, signal).then((answer) => {
        if (answer.ok) reopen();
        return answer;
      }),
    );
  }

  /** Opens another socket, at once if this one was open for some time. */
  function reopen(): void {
    if (!isSteady) return lose();
    hangUp();
    if (groups.size > 0) connect();
  }

  function lose(): void {
    const wasOpen = hangUp();
    for (const { listener, addresses, streams } of groups) {
      if (wasOpen && !streams) listener.lost([...addresses.values()]);
    }
    if (!wasOpen || ++failures === mostFailures) follow();
    else if (groups.size > 0) {
      isWaiting = true;
      waitAfter(failures, waiting).then(() => {
        isWaiting = false;
        if (!signal.aborted && !socket) connect();
      });
    }
  }

  /** Follows without a socket, and tries one again later. */
  function follow(): void {
    failures = 0;
    for (const group of groups) {
      group.streams ??= instead.follow([...group.addresses.values()], group.listener);
    }
    next = clock.setTimeout(connect, triedAgainAfter);
  }

  /** Returns whether the server had said something over the socket. */
  function hangUp(): boolean {
    const wasOpen = token !== undefined;
    for (const timer of [silence, steady, next]) clock.clearTimeout(timer);
    const closed = socket;
    socket = token = undefined;
    isSteady = false;
    leaving.clear();
    refused.clear();
    closed?.close();
    for (const { reject } of unanswered.values()) reject();
    return wasOpen;
  }

  signal.addEventListener("abort", hangUp);
  // A page that goes away does not wait for answers, and nobody knows whether a message has left it.
  addEventListener("pagehide", () => {
    for (const { message, resolve } of unanswered.values()) {
      instead.send(message, signal).then(resolve, () => {});
    }
  }, { signal });

  return {
    send(message, limit) {
      const eventId = message.eventId!;
      const text = JSON.stringify({ send: message });
      const isSent = token && !tried.has(message) && text.length < longestSent;
      if (!isSent) return instead.send(message, limit);
      tried.add(message);
      const answered = new Promise<Answer>((resolve, reject) => {
        unanswered.set(eventId, { message, resolve, reject });
        limit.addEventListener("abort", reject);
      });
      socket!.send(text);
      return answered.finally(() => unanswered.delete(eventId));
    },
    follow(addresses, listener) {
      const all = new Map(addresses.map((address) => [`${address.type}:${address.id}`, address]));
      for (const group of [...groups]) letGo(group, [...all.keys()]);
      let room = mostFollowed;
      for (const { addresses } of groups) room -= addresses.size;
      const group: Group = { listener, addresses: new Map([...all].slice(0, room)) };
      const rest = addresses.slice(room);
      const others = rest.length > 0 ? instead.follow(rest, listener) : undefined;
      groups.add(group);
      // It is asked for again since the user may be another one, whom only another socket knows.
      if ([...all.keys()].some((scope) => refused.has(scope))) reopen();
      else if (token) open(group);
      else if ([...groups].some(({ streams }) => streams)) {
        group.streams = instead.follow([...group.addresses.values()], listener);
      } else if (!socket && !isWaiting) connect();
      return {
        reopen(address) {
          const isOurs = group.addresses.has(`${address.type}:${address.id}`);
          if (!isOurs) others?.reopen(address);
          else if (group.streams) group.streams.reopen(address);
          else if (token) reopen();
        },
        close() {
          group.streams?.close();
          others?.close();
          letGo(group, [...group.addresses.keys()]);
          // Others may be followed at once, and a page that is hidden follows nothing.
          clock.setTimeout(() => groups.size === 0 && hangUp(), 0);
        },
      };
    },
  };
}
