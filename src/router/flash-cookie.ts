import type { Context } from "hono";
import { getCookie, getSignedCookie } from "hono/cookie";
import { type CookieOptions, serialize, serializeSigned } from "hono/utils/cookie";
import type { Flash } from "../page/flash.ts";
import { systemClock } from "../shared/clock.ts";
import { own } from "../shared/own.ts";
import { flashAge, flashOf, flashText } from "./flash-text.ts";
import { generalText, otherCode } from "./general-texts.ts";
import type { NascOptions } from "./options.ts";

/** What a flash needs of the options. */
type FlashOptions = Pick<NascOptions, "secret" | "clock"> & {
  /** Returns the key of the user of the request. Nobody else is shown what they were refused. */
  readonly userKey: () => Promise<string>;
};

const safeName = "__Host-nasc-flash";
/** Over plain HTTP, browsers take no cookie of the other name. */
const plainName = "nasc-flash";

/** Sends a flash along with the response to come. Without a `secret`, that is the code alone. */
export async function setFlash(
  context: Context,
  flash: Flash,
  { secret, clock = systemClock, userKey }: FlashOptions,
): Promise<void> {
  const isSecure = isSecurePage(context);
  const name = isSecure ? safeName : plainName;
  const attributes = attributesOf(isSecure, flashAge / 1_000);
  if (secret === undefined) {
    const { code } = flash.error;
    const known = generalText(code) === undefined ? otherCode : code;
    send(context, serialize(name, known, attributes));
  } else {
    const text = flashText(flash, clock.now());
    send(context, await serializeSigned(name, text, await keyOf(secret, userKey), attributes));
  }
}

/**
 * Returns the flash that came with a request, and clears its cookie with the response to come.
 *
 * @returns `undefined` if there is none, or it is too old, or not of this app's making
 */
export async function takeFlash(
  context: Context,
  { secret, clock = systemClock, userKey }: FlashOptions,
): Promise<Flash | undefined> {
  const names = [safeName, plainName].filter((name) => getCookie(context, name) !== undefined);
  for (const name of names) {
    send(context, serialize(name, "", attributesOf(name === safeName, 0)));
  }
  const [name] = names;
  if (name === undefined) return undefined;
  context.header("cache-control", "no-store");
  if (secret === undefined) return flashOfCode(getCookie(context, name)!);
  const text = await getSignedCookie(context, await keyOf(secret, userKey), name);
  return text ? flashOf(text, clock.now()) : undefined;
}

function flashOfCode(code: string): Flash | undefined {
  const message = generalText(code);
  if (message === undefined) return undefined;
  return { type: "", id: "", event: "", rows: [], error: { code, message }, values: {} };
}

/** Returns a key of its own, so that nothing else that the app signs with its secret is a flash, nor that of another user. */
async function keyOf(secret: string, userKey: FlashOptions["userKey"]): Promise<string> {
  return `nasc-flash ${await userKey().catch(() => "")} ${secret}`;
}

/** Adds a cookie to those of the response to come. Hono's `setCookie` would take inherited options too. */
function send(context: Context, cookie: string): void {
  context.header("set-cookie", cookie, own({ append: true }));
}

/** Returns the attributes of a cookie that lasts for so many seconds. */
function attributesOf(secure: boolean, maxAge: number): CookieOptions {
  return own<CookieOptions>({ httpOnly: true, sameSite: "Lax", path: "/", secure, maxAge });
}

/** Returns whether the page of a form came over TLS. Behind a proxy that ends it, only what the browser says shows it. */
function isSecurePage({ req }: Context): boolean {
  return [req.url, req.header("origin") ?? "", req.header("referer") ?? ""]
    .some((url) => url.startsWith("https:"));
}
