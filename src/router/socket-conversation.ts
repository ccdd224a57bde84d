import type { Context, Env } from "hono";
import { maxFollowed, maxMessages } from "../processor/message.ts";
import { type Address, NascError, type ProcessContext } from "../processor/mod.ts";
import { fail, type Failed } from "../processor/outcome.ts";
import { assertPermitted } from "../processor/permission.ts";
import { toWire } from "../processor/to-wire.ts";
import { own } from "../shared/own.ts";
import type { EventRoute } from "./event-route.ts";
import { askLimit } from "./limit.ts";
import { bodyOf } from "./objects/object-answer.ts";
import { openScope } from "./open-scope.ts";
import type { NascOptions } from "./options.ts";
import { problemOf, retryAfterOf } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { Refusal } from "./refusal.ts";
import type { StreamScope } from "./scopes.ts";
import { parseSocketMessage } from "./socket-message.ts";
import type { StreamLife } from "./stream-life.ts";
import type { Viewer } from "./viewer.ts";

/** How many messages of a page may be unanswered: as many events as a page keeps, and a mount of each instance. */
const mostUnanswered = maxMessages + maxFollowed;

/** Options of {@link SocketConversation}. */
export interface ConversationOptions<E extends Env> {
  readonly options: NascOptions<E>;
  readonly viewer: Viewer;
  readonly life: StreamLife<E>;
  /** Runs an event. */
  readonly run: EventRoute<E>["run"];
  /** Resolves once the page has been sent this. */
  readonly write: (text: string) => Promise<void>;
}

/** What a page says over a socket, and what it is answered: it opens and lets go instances, and sends events. */
export class SocketConversation<E extends Env> {
  readonly #context: Context<E>;
  readonly #parts: ConversationOptions<E>;
  #unanswered = 0;
  /** Opens and lets go in the order in which the page says so. */
  #last: Promise<void> = Promise.resolve();

  constructor(context: Context<E>, parts: ConversationOptions<E>) {
    this.#context = context;
    this.#parts = parts;
  }

  /**
   * Does what a message says. It never rejects.
   *
   * @throws {NascError} `invalid-message` if no page says such a thing, and `limited` if this one waits for no answer
   */
  hear(text: string): Promise<void> {
    if (this.#unanswered >= mostUnanswered) {
      throw new NascError("limited", `At most ${mostUnanswered} messages may be unanswered`);
    }
    this.#unanswered++;
    return this.#answer(text).finally(() => this.#unanswered--);
  }

  #answer(text: string): Promise<void> {
    if (text === "ping") return this.#parts.write("pong");
    const said = parseSocketMessage(text);
    switch (said.kind) {
      case "send":
        return this.#send(said.message);
      case "open":
        return this.#last = this.#last.then(() => this.#open(said.scopes));
      case "close":
        return this.#last = this.#last.then(() => this.#letGo(said.scopes));
    }
  }

  async #send(message: unknown): Promise<void> {
    const { run, write, life } = this.#parts;
    const settled = await run({ context: this.#context, user: () => life.ask() }, message);
    // Its page asks anew, by the same id, as whoever it is by then.
    if (life.isDismissed) return;
    if (settled.ok) return await write(toWire({ answer: bodyOf(settled.answer) }));
    const { eventId } = own(Object(message) as { readonly eventId?: unknown });
    const retryAfter = retryAfterOf(settled);
    await write(toWire({
      answer: {
        ...problemOf(settled),
        ...(typeof eventId === "string" && { eventId }),
        ...(retryAfter !== undefined && { retryAfter }),
      },
    }));
  }

  async #open(scopes: readonly [StreamScope, ...StreamScope[]]): Promise<void> {
    const { options, viewer, life } = this.#parts;
    if (life.signal.aborted) return;
    const [{ type, id }] = scopes;
    this.#letGo(scopes.filter((scope) => viewer.follows(scope)));
    try {
      const user = await life.ask();
      if (viewer.followed.length + scopes.length > maxFollowed) {
        throw new NascError("invalid-message", `A socket follows at most ${maxFollowed} instances`);
      }
      const demand = { kind: "stream", count: scopes.length, type, id, user } as const;
      assertPermitted(await askLimit(this.#context, options, demand));
      const outside = processContext(this.#context, options, user);
      // At once: a storage that does not answer would hold the page for as long again with each.
      await Promise.all(scopes.map((scope) => this.#follow(scope, outside)));
    } catch (error) {
      for (const scope of scopes) this.#refuse(scope, this.#failed(scope, error));
    }
  }

  async #follow(scope: StreamScope, outside: ProcessContext): Promise<void> {
    const { options, viewer } = this.#parts;
    const open = viewer.add.bind(viewer);
    const opened = await openScope(this.#context, scope, { options, outside, open })
      .catch((error) => this.#failed(scope, error));
    if (!opened.ok) this.#refuse(scope, opened);
  }

  #failed({ type, id }: Address, error: unknown): Failed {
    return fail(error, { eventId: crypto.randomUUID(), type, id }, this.#parts.options);
  }

  #refuse({ type, id }: Address, { error, cause }: Failed): void {
    const retryAfter = cause instanceof Refusal ? cause.retryAfter : undefined;
    this.#parts.viewer.say({ kind: "refused", type, id, error, retryAfter });
  }

  #letGo(addresses: readonly Address[]): void {
    for (const address of addresses) this.#parts.viewer.leave(address);
  }
}
