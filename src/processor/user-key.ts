import { describe } from "../shared/describe.ts";
import { NascError } from "./errors.ts";
import type { ParsedMessage } from "./parse-message.ts";

/** Returns the name of a user that is the same at each request, such as the id of an account. */
export type Identify = (user: unknown) => string | undefined;

const nobody = "-";
const hash = /^[0-9a-f]{64}$/;

/**
 * Returns the text by which receipts and streams tell users apart: what `identify` returns if that is short, plain and
 * no hash itself, else its SHA-256, so no two users share a key. It is `"-"` for nobody, and for users that cannot be
 * told apart.
 *
 * @throws {TypeError} if `identify` returns what is neither text nor `undefined`
 */
export function userKeyOf(
  user: unknown,
  identify: Identify = identifyById,
): string | Promise<string> {
  if (user === undefined || user === null) return nobody;
  const name: unknown = identify(user);
  if (name === undefined) return nobody;
  if (typeof name !== "string") {
    throw new TypeError(
      `Cannot identify a user: identify returned ${describe(name)}; return a text, such as user.id`,
    );
  }
  const isPlain = name !== nobody && /^[\w.-]{1,64}$/.test(name) && !hash.test(name);
  return isPlain ? name : hashed(name);
}

/** Returns the keys that a text may mean, which is the name of a user or the key made of one. */
export async function userKeysOf(text: string): Promise<readonly string[]> {
  const key = await userKeyOf(text, String);
  return hash.test(text) ? [key, text] : [key];
}

/**
 * Refuses a message that names the user who made it, and comes from another one or from nobody: a page may have kept it
 * while somebody else has signed in.
 *
 * @throws {NascError} `other-user`
 */
export async function assertMadeBySender(
  { user }: ParsedMessage,
  keyOfSender: () => string | Promise<string>,
): Promise<void> {
  if (user === undefined || (await userKeysOf(user)).includes(await keyOfSender())) return;
  throw new NascError("other-user", "This was made by another user than the one who is signed in");
}

/** Takes a text or a number as it is, and otherwise the `id` or, as in a token, the `sub` of the user. */
function identifyById(user: unknown): string | undefined {
  for (const name of [user, ownField(user, "id"), ownField(user, "sub")]) {
    if (typeof name === "string" || typeof name === "number") return String(name);
  }
  return undefined;
}

function ownField(user: unknown, name: string): unknown {
  return typeof user === "object" && user !== null && Object.hasOwn(user, name)
    ? (user as Record<string, unknown>)[name]
    : undefined;
}

async function hashed(name: string): Promise<string> {
  // As JSON, in which a broken surrogate is unlike the character that it would be encoded as.
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(JSON.stringify(name)),
  );
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
