import type { Context, HonoRequest } from "hono";
import { NascError } from "../processor/mod.ts";
import { describeCount } from "../shared/describe.ts";
import { own } from "../shared/own.ts";
import { abandon } from "./unread-body.ts";

/** How many bytes a body may have, unless the app says otherwise. */
export const defaultMaxBodyBytes: number = 256 * 1024;

const utf8 = new TextDecoder("utf-8", own({ fatal: true }));

/**
 * Reads a JSON body of up to `maxSize` bytes.
 *
 * @throws {NascError} `unsupported-media-type`, `too-large` or `invalid-message`; `unavailable` if it broke off
 */
export async function readJson(context: Context, maxSize: number): Promise<unknown> {
  const text = decode(await readBytes(context, maxSize));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NascError("invalid-message", "The body is not JSON", { cause });
  }
}

/**
 * Reads the fields of a form of up to `maxSize` bytes as a payload. A name that occurs more than once becomes a list.
 *
 * @throws {NascError} as {@link readJson} does, and `invalid-payload` if the form holds files
 */
export async function readForm(
  context: Context,
  maxSize: number,
): Promise<Record<string, unknown>> {
  const bytes = await readBytes(context, maxSize);
  const fields = Object.entries(await parseForm(context));
  if (fields.some(([, value]) => [value].flat().some((item) => typeof item !== "string"))) {
    throw new NascError("invalid-payload", "A form with files cannot be an event");
  }
  const text = decode(bytes);
  if (mediaType(context) === urlencoded) assertDecodable(text);
  else assertEnded(text, parameter(contentType(context), "boundary"));
  return Object.fromEntries(fields.map(([name, value]) => [name, withLineFeeds(value)]));
}

/** Returns texts as a page holds them: a form sends each of its line breaks as two characters. */
function withLineFeeds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLineFeeds);
  return typeof value === "string" ? value.replaceAll("\r\n", "\n") : value;
}

/** Returns the media type of the body, in lower case and without parameters. */
export function mediaType(context: Context): string {
  return contentType(context).split(";")[0]!.trim().toLowerCase();
}

/** The media type of a form's fields, unless the form says otherwise. */
export const urlencoded = "application/x-www-form-urlencoded";

/** Reads a body whole. It stays readable for `authorize` and whatever else asks the request for it. */
async function readBytes(context: Context, maxSize: number): Promise<ArrayBuffer> {
  assertReadable(context);
  const { req } = context;
  if (Number(req.header("content-length")) > maxSize) throw tooLarge(maxSize);
  if (Object.keys(req.bodyCache).length > 0) return await requestOf(context).arrayBuffer();
  if (req.raw.bodyUsed) {
    throw new Error(
      "Cannot read the body: another handler has read the raw request; use context.req there",
    );
  }
  const bytes = await receive(context, maxSize);
  req.bodyCache = own<object>({ arrayBuffer: Promise.resolve(bytes) });
  return bytes;
}

async function receive(context: Context, maxSize: number): Promise<ArrayBuffer> {
  const { raw } = context.req;
  try {
    // What has a length is never longer, and read at once, it is read fastest.
    const isCounted = context.req.header("content-length") !== undefined &&
      context.req.header("transfer-encoding") === undefined;
    const bytes = isCounted ? await raw.arrayBuffer() : await receiveChunks(raw, maxSize);
    if (bytes.byteLength > maxSize) throw tooLarge(maxSize);
    return bytes;
  } catch (cause) {
    if (cause instanceof NascError) throw cause;
    throw notWhole(cause);
  }
}

/** Receives a body that does not say how long it is. */
async function receiveChunks(request: Request, maxSize: number): Promise<ArrayBuffer> {
  const reader = request.body?.getReader();
  // Grows by doubling: chunks may be single bytes, and a list of those would take many times their size.
  let bytes = new Uint8Array(0);
  let size = 0;
  for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
    const start = size;
    size += next.value.byteLength;
    if (size > maxSize) {
      reader!.releaseLock();
      abandon(request);
      throw tooLarge(maxSize);
    }
    if (size > bytes.byteLength) {
      const grown = new Uint8Array(Math.min(maxSize, Math.max(size, 2 * bytes.byteLength)));
      grown.set(bytes.subarray(0, start));
      bytes = grown;
    }
    bytes.set(next.value, start);
  }
  return bytes.buffer.slice(0, size);
}

/**
 * Returns the refusal of a body that broke off, which may be the server's doing, as when it stops. What was in it may be
 * sent again; but not a body whose chunks are malformed. Deno hands that on, where others refuse the request themselves.
 */
function notWhole(cause: unknown): NascError {
  const isMalformed = cause instanceof Error && cause.message.startsWith("invalid HTTP");
  return isMalformed
    ? new NascError("invalid-message", "The body is malformed", { cause })
    : new NascError("unavailable", "The body did not arrive whole; it is safe to send this again", {
      cause,
    });
}

function tooLarge(maxSize: number): NascError {
  return new NascError("too-large", `A body is at most ${describeCount(maxSize)} bytes`);
}

async function parseForm(context: Context): Promise<Record<string, unknown>> {
  try {
    return await requestOf(context).parseBody(own({ all: true }));
  } catch (cause) {
    throw new NascError("invalid-message", "The body is not a form", { cause });
  }
}

/** Refuses a body that is compressed, or in another character set. */
function assertReadable(context: Context): void {
  const encoding = context.req.header("content-encoding") ?? "identity";
  if (encoding.trim().toLowerCase() !== "identity") {
    throw new NascError("unsupported-media-type", "Send the body without a content-encoding");
  }
  const charset = parameter(contentType(context), "charset") ?? "utf-8";
  if (!["utf-8", "utf8"].includes(charset.toLowerCase())) {
    throw new NascError("unsupported-media-type", "Send the body in UTF-8");
  }
}

/** Returns a parameter of a media type, without quotes. */
function parameter(contentType: string, name: string): string | undefined {
  for (const part of contentType.split(";").slice(1)) {
    const equals = part.indexOf("=");
    if (part.slice(0, equals).trim().toLowerCase() !== name) continue;
    return part.slice(equals + 1).trim().replace(/^"(.*)"$/, "$1");
  }
  return undefined;
}

function decode(bytes: ArrayBuffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new NascError("invalid-message", "The body is not UTF-8", { cause });
  }
}

/** Refuses a form of a page in another character set, whose letters would all become question marks. */
function assertDecodable(form: string): void {
  try {
    decodeURIComponent(form);
  } catch (cause) {
    throw new NascError("invalid-message", "The form is not UTF-8", { cause });
  }
}

/** Refuses a form in parts that breaks off. Deno reads it as if it had ended. */
function assertEnded(form: string, boundary: string | undefined): void {
  if (!form.includes(`--${boundary}--`)) {
    throw new NascError("invalid-message", "The form breaks off");
  }
}

function contentType(context: Context): string {
  return context.req.header("content-type") ?? "";
}

/** Returns the request, whose body Hono looks up among inherited properties too. */
function requestOf({ req }: Context): HonoRequest {
  if (Object.getPrototypeOf(req.bodyCache) !== null) Object.setPrototypeOf(req.bodyCache, null);
  return req;
}
