import type { Context, Env } from "hono";
import { maxMessages } from "../processor/message.ts";
import { type Message, NascError } from "../processor/mod.ts";
import { fail, type Outcome } from "../processor/outcome.ts";
import { type ParsedMessage, parseMessage } from "../processor/parse-message.ts";
import { unavailable } from "../processor/retry.ts";
import { toWire } from "../processor/to-wire.ts";
import { own } from "../shared/own.ts";
import { assertAuthorized } from "./authorize.ts";
import { mediaType, readForm, readJson } from "./body.ts";
import { ownerOf } from "./client-stream-route.ts";
import type { ClientStream, ClientStreams } from "./client-streams.ts";
import type { Engines } from "./engines.ts";
import { jsonResponse } from "./json.ts";
import type { NascOptions } from "./options.ts";
import { failureResponse, problemOf } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { isOwnUrl } from "./same-origin.ts";

const forms: readonly string[] = ["application/x-www-form-urlencoded", "multipart/form-data"];

/** Serves `POST /event`: one message, an array of messages, or a form without script. */
export function eventRoute<E extends Env>(
  options: NascOptions<E>,
  { engines, clients }: { readonly engines: Engines<E>; readonly clients: ClientStreams<E> },
): (context: Context<E>) => Promise<Response> {
  /** Settles one message by its outcome. It never rejects: what goes wrong on the way is in the outcome too. */
  async function settle(
    message: unknown,
    outcomeOf: (parsed: ParsedMessage, eventId: string) => Outcome | Promise<Outcome>,
  ): Promise<Outcome> {
    let eventId: string = crypto.randomUUID();
    try {
      const parsed = parseMessage(message);
      eventId = parsed.eventId ?? eventId;
      return await outcomeOf(parsed, eventId);
    } catch (error) {
      return fail(error, { eventId }, options);
    }
  }

  /** Runs one message, and shows its outcome where the first Nasc's client looks for it. */
  function run(context: Context<E>, message: unknown): Promise<Outcome> {
    return settle(message, async (parsed, eventId) => {
      const streams = clientStreams(context, message);
      if (streams.length === 0) return await runParsed(context, parsed);
      const outcome = await runParsed(context, parsed)
        .catch((error) => fail(error, { eventId }, options));
      const shown = { ...parsed, name: nameIn(message), outcome };
      await Promise.all(streams.map((stream) => stream.show(shown)));
      return outcome;
    });
  }

  async function runParsed(context: Context<E>, parsed: ParsedMessage): Promise<Outcome> {
    const { type, id, event } = parsed;
    await assertAuthorized(context, options, { type, id, event });
    const outside = await processContext(context, options);
    const outcome = engines.for(context).runParsed(parsed, outside);
    // An event that has begun is finished, even if its sender leaves.
    outside.waitUntil?.(outcome);
    return await outcome;
  }

  /** Returns the streams of the browser that a message of the first Nasc's client came from. */
  function clientStreams(context: Context<E>, message: unknown): readonly ClientStream<E>[] {
    if (clients.isEmpty) return [];
    const { clientId } = own(message as Message);
    return clients.of(engines.for(context).source, clientId, ownerOf(context));
  }

  /** Refuses a message without asking the storage. */
  function refuse(message: unknown): Promise<Outcome> {
    return settle(message, ({ type, id, event }, eventId) => {
      return fail(unavailable(), { eventId, type, id, event }, options);
    });
  }

  async function runForm(context: Context<E>): Promise<Response> {
    const { type, instance, event } = own(context.req.query());
    const payload = await readForm(context);
    const outcome = await run(context, { type, instance, event, payload });
    if (!outcome.ok) return failureResponse(outcome);
    const page = context.req.header("referer") ?? "";
    return context.redirect(isOwnUrl(page, context) ? page : "/", 303);
  }

  /**
   * Runs the messages of an array in order. One that fails does not stop those after it, unless the storage does not
   * answer: it would hold the sender for as long again with each.
   */
  async function runAll(context: Context<E>, messages: readonly unknown[]): Promise<Response> {
    if (messages.length > maxMessages) {
      throw new NascError("too-large", `At most ${maxMessages} messages may be sent together`);
    }
    const answers: unknown[] = [];
    let isDown = false;
    for (const message of messages) {
      const outcome: Outcome = await (isDown ? refuse(message) : run(context, message));
      isDown ||= !outcome.ok && outcome.error.code === "unavailable";
      answers.push(outcome.ok ? outcome : problemOf(outcome));
    }
    return answer(answers);
  }

  return async (context) => {
    const media = mediaType(context);
    if (forms.includes(media)) return await runForm(context);
    if (media !== "application/json") {
      throw new NascError("unsupported-media-type", "Send application/json");
    }
    const body = await readJson(context);
    if (Array.isArray(body)) return await runAll(context, body);
    const outcome = await run(context, body);
    return outcome.ok ? answer(outcome) : failureResponse(outcome);
  };
}

/** Returns what a message calls its instance. */
function nameIn(message: unknown): string {
  return own(message as Message).instance;
}

function answer(body: unknown): Response {
  return jsonResponse(toWire(body), { "cache-control": "no-store" });
}
