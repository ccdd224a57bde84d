import type { Context, Env } from "hono";
import { maxMessages } from "../processor/message.ts";
import { NascError } from "../processor/mod.ts";
import { fail, type Outcome } from "../processor/outcome.ts";
import { type ParsedMessage, parseMessage } from "../processor/parse-message.ts";
import { unavailable } from "../processor/retry.ts";
import { toWire } from "../processor/to-wire.ts";
import { assertAuthorized } from "./authorize.ts";
import { mediaType, readJson } from "./body.ts";
import type { Engines } from "./engines.ts";
import { isForm, leadBack, readFormMessage } from "./form.ts";
import { jsonResponse } from "./json.ts";
import type { NascOptions } from "./options.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { processContext } from "./process-context.ts";

const defaultMaxBodyBytes = 256 * 1024;

/** Serves `POST /event`: one message, an array of messages, or a form without script. */
export function eventRoute<E extends Env>(
  options: NascOptions<E>,
  engines: Engines<E>,
): (context: Context<E>) => Promise<Response> {
  const maxSize = options.maxBodyBytes ?? defaultMaxBodyBytes;

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

  /** Runs one message. */
  function run(context: Context<E>, message: unknown): Promise<Outcome> {
    return settle(message, async (parsed) => {
      const { type, id, event } = parsed;
      await assertAuthorized(context, options, { type, id, event });
      const outside = await processContext(context, options);
      const outcome = engines.for(context).runParsed(parsed, outside);
      // An event that has begun is finished, even if its sender leaves.
      outside.waitUntil?.(outcome);
      return await outcome;
    });
  }

  /** Refuses a message without asking the storage. */
  function refuse(message: unknown): Promise<Outcome> {
    return settle(message, ({ type, id, event }, eventId) => {
      return fail(unavailable(), { eventId, type, id, event }, options);
    });
  }

  async function runForm(context: Context<E>): Promise<Response> {
    const outcome = await run(context, await readFormMessage(context, maxSize));
    return outcome.ok ? leadBack(context) : problemResponse(problemOf(outcome.error));
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
      answers.push(outcome.ok ? outcome : problemOf(outcome.error));
    }
    return answer(answers);
  }

  return async (context) => {
    const media = mediaType(context);
    if (isForm(media)) return await runForm(context);
    if (media !== "application/json") {
      throw new NascError("unsupported-media-type", "Send application/json");
    }
    const body = await readJson(context, maxSize);
    if (Array.isArray(body)) return await runAll(context, body);
    const outcome = await run(context, body);
    return outcome.ok ? answer(outcome) : problemResponse(problemOf(outcome.error));
  };
}

function answer(body: unknown): Response {
  return jsonResponse(toWire(body), { "cache-control": "no-store" });
}
