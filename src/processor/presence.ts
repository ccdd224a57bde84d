import { isJsonTree } from "../persistence/adapter/json-tree.ts";
import { byteLength } from "../shared/byte-length.ts";
import { describe, describeCount } from "../shared/describe.ts";
import { frozenCopy } from "./frozen-copy.ts";
import type { HandlerContext } from "./handlers.ts";
import { assertHarmless } from "./harmless.ts";
import { isState } from "./is-state.ts";

/** What others may see of somebody who looks on: plain JSON, which is frozen. */
export type Presence = ReturnType<HandlerContext["viewers"]>[number];

/** Returns what others may see of a user who looks on; `undefined` for nothing. */
export type PresenceOf = (user: unknown) => object | undefined;

/** How many bytes that may have, as JSON. */
const maxPresenceBytes = 1_000;
const maxLevels = 100;

/** Options of {@link readPresence}. */
export interface PresenceOptions {
  readonly presence: PresenceOf;
  /** Receives why nothing is shown, where that is a mistake. */
  readonly report: (error: unknown) => void;
}

/** Returns what others may see of a user, and the same as JSON; `undefined` where they are not listed. It never throws. */
export function readPresence(
  user: unknown,
  { presence, report }: PresenceOptions,
): { readonly shown: Presence; readonly text: string } | undefined {
  try {
    const given: unknown = presence(user);
    if (given === undefined) return undefined;
    // What it rejects with would end the process.
    if (given instanceof Promise) given.catch(() => {});
    if (!isState(given) || !isJsonTree(given, maxLevels)) {
      throw new TypeError(
        `Cannot list who looks on: presence returned ${
          describe(given)
        }; return an object of plain JSON, or ` +
          "undefined for those who are not listed",
      );
    }
    // Whoever names themselves so would be in the way of each handler that keeps the list.
    assertHarmless(given, {
      code: "invalid-payload",
      message: "Cannot list who looks on: presence returned a name that no page accepts, such as " +
        "constructor.prototype; return known properties only",
    });
    const text = JSON.stringify(given);
    const bytes = byteLength(text);
    if (bytes > maxPresenceBytes) {
      throw new TypeError(
        `Cannot list who looks on: presence returned ${
          describeCount(bytes)
        } bytes, and may return ` +
          `${describeCount(maxPresenceBytes)}; return less, such as a name`,
      );
    }
    return { shown: frozenCopy(JSON.parse(text)), text };
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Returns what a handler learns that asks who looks on, where nobody has said what others may see of them. */
export function noPresence(maker: string): string {
  return `Cannot tell who looks on: pass ${maker} the option presence, such as presence: (user) => ({ name: user.name })`;
}
