import { own } from "../shared/own.ts";
import type { ConnectOptions } from "./options.ts";

/** What each option may be: what `typeof` says of it, or a text in quotes. */
const kinds: Readonly<Record<keyof ConnectOptions, string>> = own({
  root: "an object",
  baseUrl: "a string",
  into: "an object",
  transport: '"sse", "ws", "poll", "post" or an object',
  names: "a boolean",
  user: "a string",
  whileHidden: "a boolean",
  fetch: "a function",
  EventSource: "a function",
  WebSocket: "a function",
  clock: "an object",
  random: "a function",
  formats: "an object",
  confirm: "a function",
  onError: "a function",
  onPatches: "a function",
});

/**
 * Refuses options that are misspelt or of the wrong type. The check of the other rooms is more than twice as large, and
 * pages download this one.
 *
 * @throws {TypeError} that names the first wrong one and says what to pass.
 */
export function checkOptions(options: ConnectOptions): void {
  if (Object(options) !== options) refuse("options", `${options}; pass an object`);
  // Those of an element, a likely mistake, are not its own.
  for (const name in options) {
    // Another library may have given this to all objects.
    if (name in {} && !Object.hasOwn(options, name)) continue;
    const value: unknown = options[name as keyof ConnectOptions];
    const kind = kinds[name as keyof ConnectOptions];
    if (!kind) refuse(name, `not an option; use ${Object.keys(kinds).join(", ")}`);
    const fits = kind.includes(typeof (value ?? 0)) || kind.includes(`"${value}"`);
    if (value !== undefined && !fits) refuse(name, `${value}; pass ${kind}`);
  }
}

function refuse(name: string, problem: string): never {
  throw new TypeError(`Cannot connect: ${name} is ${problem}`);
}
