import type { Context, Env } from "hono";
import { type Message, NascError } from "../processor/mod.ts";
import type { Outcome } from "../processor/engine.ts";
import { parseMessage } from "../processor/parse-message.ts";
import { mediaType, readForm, readJson } from "./body.ts";
import { type Engines, processContext } from "./engines.ts";
import { authorized, isOwn } from "./guard.ts";
import type { NascOptions } from "./options.ts";
import { problemOf, problemOfError, problemResponse } from "./problem.ts";
import { toWire } from "./wire.ts";

const mostMessages = 100;
const forms: readonly string[] = ["application/x-www-form-urlencoded", "multipart/form-data"];

/** `POST /event`: one message, an array of messages, or a form without script. */
export function eventRoute<E extends Env>(
  options: NascOptions<E>,
  engines: Engines<E>,
): (context: Context<E>) => Promise<Response> {
  async function run(context: Context<E>, message: unknown): Promise<Outcome> {
    const { type, id, event } = parseMessage(message);
    await authorized(context, options, { type, id, event });
    const outside = processContext(context, options);
    const outcome = engines.for(context).run(message, outside);
    // An event that has begun is finished, even when its sender goes away.
    outside.waitUntil?.(outcome);
    return await outcome;
  }

  async function runForm(context: Context<E>): Promise<Response> {
    const { type, instance, event } = context.req.query();
    const payload = await readForm(context);
    const outcome = await run(context, { type, instance, event, payload } as Message);
    if (outcome.error !== undefined) return problemResponse(problem(outcome));
    const page = context.req.header("referer") ?? "";
    return context.redirect(isOwn(page, context) ? page : "/", 303);
  }

  /** The messages of one array run in their order; one that fails does not stop those after it. */
  async function runAll(context: Context<E>, messages: readonly unknown[]): Promise<Response> {
    if (messages.length > mostMessages) {
      throw new NascError("too-large", `At most ${mostMessages} messages can be sent together`);
    }
    const answers: unknown[] = [];
    for (const message of messages) {
      try {
        const outcome = await run(context, message);
        answers.push(outcome.error === undefined ? answer(outcome) : problem(outcome));
      } catch (error) {
        answers.push(problemOfError(error));
      }
    }
    return json(answers);
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
    return outcome.error === undefined ? json(answer(outcome)) : problemResponse(problem(outcome));
  };
}

function answer({ eventId, rev, patches }: Outcome): object {
  return { ok: true, eventId, rev, patches };
}

function problem({ patches }: Outcome): ReturnType<typeof problemOf> {
  const patch = patches[0];
  if (patch?.action !== "error") {
    throw new TypeError("Cannot answer: a failed event has an error patch");
  }
  return problemOf(patch);
}

function json(body: unknown): Response {
  return new Response(toWire(body), {
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}
