import { addressKey } from "../processor/address.ts";
import { maxFollowed } from "../processor/message.ts";
import { type Address, NascError } from "../processor/mod.ts";
import { parseHave } from "../processor/have.ts";
import { parseAddressText } from "../processor/parse-message.ts";
import { own } from "../shared/own.ts";
import type { StreamScope } from "./scopes.ts";

/** What a page says over its socket. */
export type SocketMessage =
  | { readonly kind: "open"; readonly scopes: readonly [StreamScope, ...StreamScope[]] }
  | { readonly kind: "close"; readonly scopes: readonly Address[] }
  | { readonly kind: "send"; readonly message: unknown };

/**
 * Reads `{ open: [{ scope, have }] }`, `{ close: [scope] }` or `{ send: message }`. What is sent is not looked into.
 *
 * @throws {NascError} `invalid-message`
 */
export function parseSocketMessage(text: string): SocketMessage {
  const { open, close, send, ...rest } = own(parseObject(text));
  const isOne = [open, close, send].filter((part) => part !== undefined).length === 1;
  if (!isOne || Object.keys(rest).length > 0) throw malformed();
  if (send !== undefined) return { kind: "send", message: send };
  if (close !== undefined) return { kind: "close", scopes: listOf(close).map(parseScope) };
  const scopes = listOf(open).map((each): StreamScope => {
    if (typeof each !== "object" || each === null) throw malformed();
    const { scope, have = "" } = own(each as { readonly scope?: unknown; readonly have?: unknown });
    if (typeof have !== "string") throw malformed();
    return { ...parseScope(scope), have: parseHave(have) };
  });
  // Of one that is named twice, the first counts, as in the address of a stream.
  const named = new Map(scopes.toReversed().map((scope) => [addressKey(scope), scope]));
  const once = scopes.filter((scope) => named.get(addressKey(scope)) === scope);
  return { kind: "open", scopes: once as [StreamScope, ...StreamScope[]] };
}

interface Parts {
  readonly open?: unknown;
  readonly close?: unknown;
  readonly send?: unknown;
}

function parseObject(text: string): Parts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NascError("invalid-message", "A message is JSON, or ping", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed();
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value) && value.length > 0 && value.length <= maxFollowed) return value;
  throw new NascError("invalid-message", `open and close name 1 to ${maxFollowed} instances`);
}

function parseScope(scope: unknown): Address {
  if (typeof scope !== "string") throw malformed();
  return parseAddressText(scope);
}

function malformed(): NascError {
  return new NascError("invalid-message", "A message is {open}, {close} or {send}");
}
