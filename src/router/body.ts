import type { Context, HonoRequest, MiddlewareHandler } from "hono";
import { getRuntimeKey } from "hono/adapter";
import { NascError } from "../processor/mod.ts";
import { own } from "../shared/own.ts";

/**
 * Reads a JSON body.
 *
 * @throws {NascError} `invalid-message`
 */
export async function readJson(context: Context): Promise<unknown> {
  try {
    return await requestOf(context).json();
  } catch (cause) {
    throw new NascError("invalid-message", "The body is not JSON", { cause });
  }
}

/**
 * Reads a form's fields as a payload. A name that occurs more than once becomes a list.
 *
 * @throws {NascError} `invalid-payload` if the form holds files
 */
export async function readForm(context: Context): Promise<Record<string, unknown>> {
  const fields = await requestOf(context).parseBody(own({ all: true }));
  const values = Object.entries(fields);
  if (values.some(([, value]) => [value].flat().some((item) => typeof item !== "string"))) {
    throw new NascError("invalid-payload", "A form with files cannot be an event");
  }
  return Object.fromEntries(values);
}

/** Returns the request, whose body Hono looks up among inherited properties too. */
function requestOf({ req }: Context): HonoRequest {
  Object.setPrototypeOf(req.bodyCache, null);
  return req;
}

const forms: readonly string[] = ["application/x-www-form-urlencoded", "multipart/form-data"];

/** Refuses a body that is neither JSON nor a form, before it is read. */
export const eventMedia: MiddlewareHandler = async (context, next) => {
  if (!isForm(context) && mediaType(context) !== "application/json") {
    throw new NascError("unsupported-media-type", "Send application/json");
  }
  await next();
};

/** Returns whether the body is a form. */
export function isForm(context: Context): boolean {
  return forms.includes(mediaType(context));
}

/** Returns the media type of the body, in lower case and without parameters. */
function mediaType(context: Context): string {
  return (context.req.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
}

const maxDrained = 64 * 1024 * 1024;

/**
 * Reads and drops the rest of a body on workerd, where a response before its end breaks keep-alive. The other runtimes
 * see to this themselves, and need not wait for a slow sender.
 */
export async function drainBody(context: Context): Promise<void> {
  const body = context.req.raw.body;
  if (getRuntimeKey() !== "workerd" || !body || context.req.raw.bodyUsed || body.locked) return;
  let read = 0;
  try {
    for await (const chunk of body) {
      read += chunk.byteLength;
      if (read > maxDrained) return;
    }
  } catch {
    // The sender is gone, so there is nothing left to read.
  }
}
