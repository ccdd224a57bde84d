import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import { byteLength } from "../shared/byte-length.ts";
import { describe, describeCount } from "../shared/describe.ts";
import type { Address } from "./address.ts";
import { NascError } from "./errors.ts";
import { assertHarmless } from "./harmless.ts";

/** How many bytes a payload may have, as JSON. */
export const maxBroadcastBytes = 4_096;
/** How many an event may make. */
const maxBroadcasts = 16;
const maxLevels = 100;

/** What those are to hear who look at an instance now. It is stored nowhere. */
export interface Broadcast extends Address {
  /** Plain JSON, which must not be changed. */
  readonly payload: unknown;
}

/** Collects what the handlers of one attempt broadcast. */
export class Broadcasts {
  #all: Broadcast[] | undefined;
  #refusal: string | undefined;

  /** What is to be heard, in order, if anything is. */
  get all(): readonly Broadcast[] | undefined {
    return this.#all;
  }

  /**
   * Notes a payload for those who look at an instance, and keeps nothing of what it is given.
   *
   * @throws {TypeError} if it is not plain JSON
   * @throws {NascError} if it is too large, or would harm the pages that get it
   * @throws {Error} if there are too many, or the event has ended
   */
  add({ type, id }: Address, payload: unknown): void {
    const name = `Cannot broadcast to those who look at ${type}/${id}`;
    if (this.#refusal) throw new Error(`${name}: ${this.#refusal}`);
    const text = textOf(payload, name);
    const bytes = byteLength(text);
    if (bytes > maxBroadcastBytes) {
      throw new NascError(
        "too-large",
        `What is broadcast is ${describeCount(bytes)} bytes, and may have ${
          describeCount(maxBroadcastBytes)
        }`,
      );
    }
    const all = this.#all ??= [];
    if (all.length >= maxBroadcasts) {
      throw new Error(
        `${name}: this event has broadcast ${maxBroadcasts} times, the most that one may; put more into a payload`,
      );
    }
    all.push({ type, id, payload: JSON.parse(text) });
  }

  /** Refuses any later one. */
  close(refusal: string): void {
    this.#refusal ??= refusal;
  }
}

/** Returns whether a value that came from elsewhere may be shown to pages as what was broadcast. */
export function isBroadcastable(payload: unknown): boolean {
  try {
    return byteLength(textOf(payload, "")) <= maxBroadcastBytes;
  } catch {
    return false;
  }
}

function textOf(payload: unknown, name: string): string {
  if (!isJsonTree(payload, maxLevels)) {
    throw new TypeError(
      `${name}: ${
        describe(payload)
      } is not plain JSON, at most ${maxLevels} levels deep; pass texts, finite ` +
        "numbers, booleans and null, in objects and lists",
    );
  }
  assertHarmless(payload, {
    code: "invalid-payload",
    message: "What is broadcast holds a name that no page accepts",
  });
  return JSON.stringify(payload);
}
