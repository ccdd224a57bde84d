import type { Context } from "hono";
import { type Have, parseHave } from "../processor/have.ts";
import { maxFollowed } from "../processor/message.ts";
import { type Address, NascError } from "../processor/mod.ts";
import { parseAddressText } from "../processor/parse-message.ts";

/** An instance that a stream is to follow, and what the page has of it. */
export interface StreamScope extends Address {
  readonly have: Have | undefined;
}

/** What a stream is to follow, and the protocol that it is to speak. */
export interface Scopes {
  readonly protocol: 1 | 2;
  /** One at least, each once. */
  readonly scopes: readonly [StreamScope, ...StreamScope[]];
}

/**
 * Reads `?scope=Type:id&have=…&scope=…`. A `have`, even an empty one, selects protocol 2.
 *
 * @throws {NascError} `invalid-message`
 */
export function readScopes(context: Context): Scopes {
  const texts = context.req.queries("scope") ?? [];
  const haves = context.req.queries("have");
  const protocol = haves ? 2 : 1;
  if (haves && haves.length !== texts.length) {
    throw new NascError("invalid-message", "There is one have for each scope, in their order");
  }
  const scopes = [...new Set(texts)].map((text): StreamScope => {
    const have = haves && parseHave(haves[texts.indexOf(text)]!);
    return { ...parseAddressText(text), have };
  });
  const [first, ...others] = scopes;
  if (!first || scopes.length > maxFollowed) {
    const written = haves ? "?scope=Type:id&have=…" : "?scope=Type:id";
    throw new NascError(
      "invalid-message",
      `A stream follows 1 to ${maxFollowed} instances, written ${written}`,
    );
  }
  return { protocol, scopes: [first, ...others] };
}
