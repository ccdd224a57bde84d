import type { Context, Env } from "hono";
import type { FormAction } from "../page/form-action.ts";
import { answerOf, firstAnswerOf, isChangeSeen } from "../processor/answer.ts";
import { reportUnrun } from "../processor/event-watch.ts";
import { maxMessages } from "../processor/message.ts";
import { type EventErrorContext, type Message, NascError } from "../processor/mod.ts";
import { type Applied, fail, type Failed, type Outcome } from "../processor/outcome.ts";
import { type ParsedMessage, parseMessage } from "../processor/parse-message.ts";
import { assertPermitted } from "../processor/permission.ts";
import { toWire } from "../processor/to-wire.ts";
import { assertMadeBySender, userKeyOf } from "../processor/user-key.ts";
import { own } from "../shared/own.ts";
import { askAuthorize } from "./authorize.ts";
import { defaultMaxBodyBytes, mediaType, readJson } from "./body.ts";
import { ownerOf } from "./client-cookie.ts";
import type { ClientStream } from "./client-stream.ts";
import type { ClientStreams } from "./client-streams.ts";
import type { Engines } from "./engines.ts";
import { setFlash } from "./flash-cookie.ts";
import { flashFor, isShownByPage } from "./form-refusal.ts";
import { type FormMessage, isForm, leadBack, pageOf, readAction, readFormMessage } from "./form.ts";
import type { Hosts } from "./hosts.ts";
import { answerResponse } from "./json.ts";
import { askLimit } from "./limit.ts";
import { bodyOf, ObjectAnswer } from "./objects/object-answer.ts";
import type { OpenStreams } from "./open-streams.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse, problemOf } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { asRefusal, Refusal } from "./refusal.ts";
import { leaveBody } from "./unread-body.ts";
import { askUser } from "./user.ts";

/** The codes of events that ran into a deadline. */
const deadlines: readonly string[] = ["unavailable", "timeout"];

/** How one message ended: what its sender gets, or why it failed. */
export type Settled = { readonly ok: true; readonly answer: unknown } | Failed;

/** A request, and who sends it. */
export interface Sending<E extends Env> {
  readonly context: Context<E>;
  readonly user: () => unknown;
}

/** Options of {@link eventRoute}. */
export interface EventRouteOptions<E extends Env> {
  readonly engines: Engines<E>;
  readonly clients: ClientStreams<E>;
  readonly streams: OpenStreams;
  readonly hosts: Hosts;
}

/** What {@link eventRoute} returns. */
export interface EventRoute<E extends Env> {
  /** Answers a request. */
  readonly respond: (context: Context<E>) => Promise<Response>;
  /** Runs one message, wherever it has come from. Never rejects. */
  readonly run: (sending: Sending<E>, message: unknown) => Promise<Settled>;
}

/** Serves `POST /event`: one message, an array of messages, or a form without script. */
export function eventRoute<E extends Env>(
  options: NascOptions<E>,
  { engines, clients, streams, hosts }: EventRouteOptions<E>,
): EventRoute<E> {
  const maxSize = options.maxBodyBytes ?? defaultMaxBodyBytes;

  /** Settles one message by its outcome. It never rejects: what goes wrong on the way is in the outcome too. */
  async function settle(
    sending: Sending<E>,
    message: unknown,
    outcomeOf: (parsed: ParsedMessage) => Promise<Outcome | ObjectAnswer>,
  ): Promise<Settled> {
    let parsed: ParsedMessage | undefined;
    try {
      parsed = parseMessage(message);
      const outcome = await outcomeOf(parsed);
      return outcome.ok ? { ok: true, answer: await answerFor(sending, parsed, outcome) } : outcome;
    } catch (error) {
      return unrun(asRefusal(error), { eventId: idOf(parsed) }, parsed);
    }
  }

  /** Returns what the sender of a message gets, in the protocol that they speak. */
  function answerFor(
    sending: Sending<E>,
    { protocol, stream }: ParsedMessage,
    outcome: Applied | ObjectAnswer,
  ): unknown {
    // An object knows the streams of its viewers by itself.
    if (outcome instanceof ObjectAnswer) return outcome;
    if (protocol !== 2) return firstAnswerOf(outcome);
    return stream === undefined || !isChangeSeen(outcome)
      ? answerOf(outcome)
      : answerBeside(stream, sending, outcome);
  }

  /** Returns what the sender of a message gets beside their stream, which may bring what it has changed. */
  async function answerBeside(
    stream: string,
    sending: Sending<E>,
    outcome: Applied,
  ): Promise<unknown> {
    const { source } = engines.for(sending.context);
    const userKey = await keyOfSender(sending);
    const isStreamed = streams.promise(stream, { ...outcome, source, userKey });
    return answerOf(outcome, { isStreamed });
  }

  /** Returns the outcome of a message that was not run. */
  function unrun(error: unknown, context: EventErrorContext, parsed?: ParsedMessage): Failed {
    const failed = fail(error, context, options);
    reportUnrun(failed, { ...parsed, ...context }, options);
    return failed;
  }

  /** Lets the app admit one message, and returns what it said of the sender. */
  async function admit(
    sending: Sending<E>,
    message: ParsedMessage,
  ): Promise<unknown> {
    const { context } = sending;
    const { type, id, event } = message;
    const user = await sending.user();
    if (message.user !== undefined) {
      await assertMadeBySender(message, () => keyOfSender(sending));
    }
    assertPermitted(
      await askLimit(context, options, { kind: "event", count: 1, type, id, user }),
    );
    assertPermitted(await askAuthorize(context, options, { type, id, event }));
    return user;
  }

  /** Runs one message, and shows its outcome where the first Nasc's client looks for it. */
  function run(sending: Sending<E>, message: unknown): Promise<Settled> {
    return settle(sending, message, (parsed) => {
      const streams = clientStreams(sending.context, message);
      if (streams.length === 0) return runParsed(sending, parsed);
      return runShown(sending, parsed, { streams, name: own(message as Message).instance });
    });
  }

  async function runShown(
    sending: Sending<E>,
    parsed: ParsedMessage,
    { streams, name }: { readonly streams: readonly ClientStream<E>[]; readonly name: string },
  ): Promise<Outcome | ObjectAnswer> {
    const outcome = await runParsed(sending, parsed)
      .catch((error) => unrun(asRefusal(error), { eventId: idOf(parsed) }, parsed));
    const userKey = await keyOfSender(sending).catch(() => undefined);
    await Promise.all(streams.map((stream) => stream.show({ ...parsed, name, outcome, userKey })));
    return outcome;
  }

  async function runParsed(
    sending: Sending<E>,
    parsed: ParsedMessage,
  ): Promise<Outcome | ObjectAnswer> {
    const { context } = sending;
    const outside = processContext(context, options, await admit(sending, parsed));
    const outcome = engines.for(context).runParsed(parsed, outside);
    // An event that has begun is finished, even if its sender leaves.
    outside.waitUntil?.(outcome);
    return await outcome;
  }

  async function keyOfSender({ user }: Sending<E>): Promise<string> {
    return await userKeyOf(await user(), options.identify);
  }

  /** Returns the streams of the browser that a message of the first Nasc's client came from. */
  function clientStreams(context: Context<E>, message: unknown): readonly ClientStream<E>[] {
    if (clients.isEmpty) return [];
    const { clientId } = own(message as Message);
    return clients.of(engines.for(context).source, clientId, ownerOf(context));
  }

  /** Refuses a message without running it. */
  function refuse(sending: Sending<E>, message: unknown, code: string): Promise<Settled> {
    return settle(sending, message, async (parsed) => {
      await admit(sending, parsed);
      const { type, id, event } = parsed;
      const refusal = new NascError(
        code,
        "This was not run, since one before it was given up; it is safe to send this again",
      );
      return unrun(refusal, { eventId: idOf(parsed), type, id, event });
    });
  }

  async function runForm(sending: Sending<E>): Promise<Response> {
    const { context } = sending;
    const action = readAction(context);
    let message: FormMessage;
    try {
      message = await readFormMessage(context, action, maxSize);
    } catch (error) {
      if (pageOf(context, hosts) === undefined) throw error;
      if (error instanceof Error) context.error = error;
      const failed = fail(asRefusal(error), { eventId: crypto.randomUUID() }, options);
      return await refuseForm(sending, failed, { action, headers: await leaveBody(context) });
    }
    const settled = await run(sending, message);
    return settled.ok
      ? leadBack(context, hosts)
      : await refuseForm(sending, settled, { action, payload: message.payload });
  }

  /** Leads a form that was refused back to its page, which shows why; or says so itself, if there is none. */
  async function refuseForm(
    sending: Sending<E>,
    failed: Failed,
    { action, payload, headers }: {
      readonly action: Partial<FormAction>;
      readonly payload?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
    },
  ): Promise<Response> {
    const { context } = sending;
    if (!isShownByPage(context, failed, hosts)) return failureResponse(context, failed, headers);
    const userKey = () => keyOfSender(sending);
    await setFlash(context, flashFor(action, failed, payload), { ...options, userKey });
    return leadBack(context, hosts, headers);
  }

  /**
   * Runs the messages of an array in order. One that fails does not stop those after it, unless it ran into a deadline:
   * each of them could hold the sender for as long again.
   */
  async function runAll(sending: Sending<E>, messages: readonly unknown[]): Promise<Response> {
    if (messages.length > maxMessages) {
      throw new NascError("too-large", `At most ${maxMessages} messages may be sent together`);
    }
    const answers: unknown[] = [];
    let late: string | undefined;
    for (const message of messages) {
      const settled: Settled =
        await (late ? refuse(sending, message, late) : run(sending, message));
      if (!settled.ok && isDeadline(settled)) late ??= settled.error.code;
      answers.push(settled.ok ? bodyOf(settled.answer) : problemOf(settled));
    }
    return answer(sending.context, answers);
  }

  async function respond(context: Context<E>): Promise<Response> {
    let user: unknown;
    // Asked only if there is a message, and once for all of them.
    const sending = { context, user: () => user ??= askUser(context, options) };
    const media = mediaType(context);
    if (isForm(media)) return await runForm(sending);
    if (media !== "application/json") {
      throw new NascError("unsupported-media-type", "Send application/json");
    }
    const body = await readJson(context, maxSize);
    if (Array.isArray(body)) return await runAll(sending, body);
    const settled = await run(sending, body);
    return settled.ok ? answer(context, settled.answer) : failureResponse(context, settled);
  }

  return { respond, run };
}

/** Returns the id of a message: the sender's, or one for the log. */
function idOf(parsed?: ParsedMessage): string {
  return parsed?.eventId ?? crypto.randomUUID();
}

/** Returns whether an event ran into a deadline, and was not refused by the app. */
function isDeadline({ error, cause }: Failed): boolean {
  return deadlines.includes(error.code) && !(cause instanceof Refusal);
}

function answer(context: Context, body: unknown): Response {
  return answerResponse(context, body instanceof ObjectAnswer ? body.text : toWire(body));
}
