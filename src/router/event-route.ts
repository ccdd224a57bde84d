import type { Context, Env } from "hono";
import { maxMessages } from "../processor/message.ts";
import { type ErrorPatch, NascError } from "../processor/mod.ts";
import { fail, type Outcome } from "../processor/outcome.ts";
import { type ParsedMessage, parseMessage } from "../processor/parse-message.ts";
import { toWire } from "../processor/to-wire.ts";
import { own } from "../shared/own.ts";
import { assertAuthorized } from "./authorize.ts";
import { mediaType, readForm, readJson } from "./body.ts";
import type { Engines } from "./engines.ts";
import { jsonResponse } from "./json.ts";
import type { NascOptions } from "./options.ts";
import { problemOf, problemResponse } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { isOwnUrl } from "./same-origin.ts";

const forms: readonly string[] = ["application/x-www-form-urlencoded", "multipart/form-data"];
/** The codes of events that ran into a deadline. */
const deadlines: readonly string[] = ["unavailable", "timeout"];

/** Serves `POST /event`: one message, an array of messages, or a form without script. */
export function eventRoute<E extends Env>(
  options: NascOptions<E>,
  engines: Engines<E>,
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

  /** Refuses a message without running it. */
  function refuse(message: unknown, { code }: ErrorPatch): Promise<Outcome> {
    return settle(message, ({ type, id, event }, eventId) => {
      const refusal = new NascError(
        code,
        "This was not run, since one before it was given up; it is safe to send this again",
      );
      return fail(refusal, { eventId, type, id, event }, options);
    });
  }

  async function runForm(context: Context<E>): Promise<Response> {
    const { type, instance, event } = own(context.req.query());
    const payload = await readForm(context);
    const outcome = await run(context, { type, instance, event, payload });
    if (!outcome.ok) return problemResponse(problemOf(outcome.error));
    const page = context.req.header("referer") ?? "";
    return context.redirect(isOwnUrl(page, context) ? page : "/", 303);
  }

  /**
   * Runs the messages of an array in order. One that fails does not stop those after it, unless it ran into a deadline:
   * each of them could hold the sender for as long again.
   */
  async function runAll(context: Context<E>, messages: readonly unknown[]): Promise<Response> {
    if (messages.length > maxMessages) {
      throw new NascError("too-large", `At most ${maxMessages} messages may be sent together`);
    }
    const answers: unknown[] = [];
    let late: ErrorPatch | undefined;
    for (const message of messages) {
      const outcome: Outcome = await (late ? refuse(message, late) : run(context, message));
      if (!outcome.ok && deadlines.includes(outcome.error.code)) late ??= outcome.error;
      answers.push(outcome.ok ? outcome : problemOf(outcome.error));
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
    return outcome.ok ? answer(outcome) : problemResponse(problemOf(outcome.error));
  };
}

function answer(body: unknown): Response {
  return jsonResponse(toWire(body), { "cache-control": "no-store" });
}
