import type { Context, Env } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { errorPatch } from "../processor/make-patches.ts";
import {
  type Address,
  type EventErrorContext,
  NascError,
  type ProcessContext,
} from "../processor/mod.ts";
import { fail, type Failed } from "../processor/outcome.ts";
import { parseAddress } from "../processor/parse-message.ts";
import { askAuthorize } from "./authorize.ts";
import type { Engines } from "./engines.ts";
import type { NascOptions } from "./options.ts";
import { problemOf } from "./problem.ts";
import { processContext } from "./process-context.ts";
import { Refusal } from "./refusal.ts";
import type { SeenInstance } from "./seen-instance.ts";
import { askUser } from "./user.ts";

/** Reads instances for the user of one request. */
export interface InstanceReader {
  /**
   * Mounts an instance as a stream does, and returns what the user of the request sees of it; `undefined` if that is
   * nothing, or `authorize` refuses it.
   *
   * @throws {HTTPException} with the Response by which `user` or `authorize` refuses; with 400 or 404 for names that
   * no instance has; and with a status from 500 up, or 429, where it cannot be read now
   */
  read(type: string, id: string): Promise<SeenInstance | undefined>;
}

/** Returns what reads instances for the user of a request. `user` is asked once, when the first is read. */
export function readerOf<E extends Env>(
  context: Context<E>,
  { options, engines }: { readonly options: NascOptions<E>; readonly engines: Engines<E> },
): InstanceReader {
  let asked: Promise<ProcessContext> | undefined;

  async function ask(): Promise<ProcessContext> {
    return processContext(context, options, await askUser(context, options));
  }

  async function read(address: Address): Promise<SeenInstance | undefined> {
    const outside = await (asked ??= ask());
    const home = engines.for(context);
    const allowed = await askAuthorize(context, options, { ...address, event: "mount" });
    if (allowed !== true) {
      if (isFinal(allowed)) return undefined;
      throw allowed;
    }
    const outcome = await home.read(address, outside);
    if (!outcome.ok) throw exceptionOf(outcome);
    return outcome.seen;
  }

  return {
    async read(type, id) {
      try {
        return await read(parseAddress(type, id));
      } catch (error) {
        throw error instanceof NascError ? exceptionOf(fail(error, noEvent, options)) : error;
      }
    },
  };
}

const noEvent: EventErrorContext = { eventId: "reader" };

/** Returns whether a refusal has no answer of the app's own, and asking again would not change it. */
function isFinal(refusal: NascError): boolean {
  if (refusal instanceof Refusal && refusal.response) return false;
  const { status } = problemOf({ ok: false, error: errorPatch(refusal, noEvent), cause: refusal });
  return status < 500 && status !== 429;
}

/** Returns what Hono answers as the routes do. */
function exceptionOf(failed: Failed): HTTPException {
  const { cause } = failed;
  const { status, detail } = problemOf(failed);
  const res = cause instanceof Refusal ? cause.response : undefined;
  return new HTTPException((res?.status ?? status) as ContentfulStatusCode, {
    message: detail,
    cause,
    ...(res && { res }),
  });
}
