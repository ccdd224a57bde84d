import type { EventName, PayloadArguments, TypeName } from "../processor/typed-messages.ts";
import { systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { checkOptions } from "./check-options.ts";
import { Drafts } from "./drafts.ts";
import { guessing } from "./guessing.ts";
import { hearing } from "./hear.ts";
import { listen } from "./listen.ts";
import { loaded } from "./loaded.ts";
import { onceATask } from "./once-a-task.ts";
import type { ConnectOptions } from "./options.ts";
import { Page } from "./page.ts";
import { paintingOf } from "./painting.ts";
import { post } from "./post.ts";
import { readAnswer } from "./read-answer.ts";
import { report, reportOnce } from "./report.ts";
import { restoring } from "./restoring.ts";
import { pathOf } from "./scan.ts";
import { sending } from "./sending.ts";
import { type SendResult, Session } from "./session.ts";
import { streamsAt } from "./streams.ts";
import type { Transport } from "./transport.ts";
import { waitAfter, type WaitOptions } from "./wait-after.ts";

/** A connected page, of whose events the compiler knows what their handlers say. */
export interface Connection<Handlers = Readonly<Record<string, object>>> extends Disposable {
  /**
   * Returns a copy of the state that the page shows of an instance, or `undefined` before it has arrived, and once
   * nothing of it may be shown.
   */
  state(type: string, id: string): Record<string, unknown> | undefined;
  /**
   * Sends an event and resolves once the page shows its result. Never rejects: a refusal is in the
   * result, and in the page's `na-error`.
   */
  send<Type extends TypeName<Handlers>, Event extends EventName<Handlers, Type>>(
    type: Type,
    id: string,
    event: Event,
    ...payload: PayloadArguments<Handlers, Type, Event>
  ): Promise<SendResult>;
  /** Connects scopes and bindings that were added to the page since, and forgets those that are gone. */
  refresh(): void;
  /**
   * Connects an instance that no scope names, such as one that a component shows, until the returned function is
   * called. Each call counts: the instance stays while one of them is left, or a scope.
   */
  follow(type: TypeName<Handlers>, id: string): () => void;
  /** How many events have no answer yet, with those that earlier pages have left. */
  readonly waiting: number;
  /** Gives up what waits, in all tabs of the user: call it when somebody signs out. */
  forget(): void;
  /** Stops listening, streaming and sending. Events without an answer yet are given up. */
  close(): void;
}

/**
 * Connects a page to its server: shows the state of every `na-scope`, sends the events of `na-click` and
 * `na-submit`, and applies the patches that come back. Call it once the page's markup has loaded.
 *
 * @throws {TypeError} if an option is misspelt, or not what it should be
 *
 * @example Connect a page and send an event
 * ```ts
 * import { connect } from "rian/client";
 *
 * export async function start(): Promise<void> {
 *   const connection = connect({ baseUrl: "/nasc" });
 *   await connection.send("TodoList", "my-list", "add_todo", { title: "Write" });
 *   console.log(connection.state("TodoList", "my-list"));
 * }
 * ```
 */
export function connect<Handlers = Readonly<Record<string, object>>>(
  given: ConnectOptions = {},
): Connection<Handlers> {
  checkOptions(given);
  const options = own(given);
  const {
    root = document,
    random = Math.random,
    clock = systemClock,
    formats = {},
    confirm = (question) => globalThis.confirm(question),
    names = false,
    baseUrl = "/nasc",
  } = options;
  const url = baseUrl.replace(/\/+$/, "");
  const closing = new AbortController();
  const waiting = { clock, random, signal: closing.signal };
  const questions = new WeakMap<Element, string>();
  const send = sending({ questions, confirm, send: sendFrom });
  const drafts = new Drafts();
  const hear = hearing({ ...waiting, drafts, send });
  // Scopes in rows are connected once all that has changed with them is shown.
  const moved = onceATask(() => session.refresh());
  const guesses = guessing({ parse: pathOf, report: reportOnce() });
  const page = new Page(root, {
    ...{ drafts, formats, guesses, hear, moved, names, questions },
    painting: paintingOf(root),
  });
  const transport = openTransport(url, options, waiting);
  const session = new Session(page, Object.assign(options, waiting, { confirm, transport }));

  if (options.into) {
    void import("./into.ts").then(({ mirroring }) => {
      const { signal } = closing;
      page.changed = mirroring(options.into!, {
        instances: () => page.all,
        report: reportOnce(),
        signal,
      });
    });
  }
  listen(root, { ...waiting, baseUrl: url, drafts, send });
  restoring(root, drafts, closing.signal);
  session.refresh();
  session.resume();
  // Where a page is made.
  if (/^(?:.*\.)?localhost$|^127\.|^\[::1\]$/.test(location.hostname)) {
    void import("./checks.ts").then(({ checkPage }) => checkPage(root, reportOnce()), () => {});
  }

  async function sendFrom(element: Element, event: string, payload: unknown): Promise<boolean> {
    const scope = page.scopeOf(element);
    if (!scope) {
      report("no-scope", event);
      return false;
    }
    return (await session.send(scope.instance.address, event, payload, {
      origin: element,
      guess: guesses.of(element, payload),
    })).ok;
  }

  function close(): void {
    closing.abort();
    session.close();
  }

  return {
    state(type, id) {
      const state = page.instance({ type, id })?.state;
      return state && structuredClone(state);
    },
    send:
      ((type: string, id: string, event: string, payload?: unknown) =>
        session.send({ type, id }, event, payload)) as Connection<Handlers>["send"],
    refresh: () => session.refresh(),
    follow(type: string, id: string) {
      const address = { type, id };
      page.followed.add(address);
      moved();
      return () => {
        page.followed.delete(address);
        moved();
      };
    },
    get waiting() {
      return session.waiting;
    },
    forget: () => session.forget(),
    close,
    [Symbol.dispose]: close,
  };
}

function openTransport(
  url: string,
  {
    transport = "sse",
    fetch = globalThis.fetch.bind(globalThis),
    EventSource = globalThis.EventSource,
    WebSocket,
  }: ConnectOptions,
  waiting: WaitOptions,
): Transport {
  if (typeof transport === "object") return transport;
  const posting: Transport = {
    send: (message, signal) =>
      post(`${url}/event`, message, { clock: waiting.clock, fetch, signal }),
    follow: undefined,
  };
  if (transport === "post") return posting;
  const opening = {
    ...waiting,
    EventSource: transport === "poll" ? undefined : EventSource,
    fetch,
  };
  const streaming = { ...posting, follow: streamsAt(url, opening) };
  if (transport !== "ws") return streaming;
  const parts = { ...waiting, WebSocket, readAnswer, url, instead: streaming, waitAfter };
  return loaded(import("./socket.ts").then(({ overSocket }) => overSocket(parts)), streaming);
}
