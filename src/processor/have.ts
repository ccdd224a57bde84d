import { isEpoch, isRev, type Revision } from "./epoch.ts";
import { NascError } from "./errors.ts";

/** What a page says that it has of an instance. */
export interface Have extends Revision {
  /** The tag of the state that it holds. */
  readonly tag: string;
}

/**
 * Reads `<epoch>.<rev>.<tag>`. Empty, it says that the page has nothing.
 *
 * @throws {NascError} `invalid-message`
 */
export function parseHave(text: string): Have | undefined {
  if (text === "") return undefined;
  const [, epoch, rev, tag] = /^([\w~-]+)\.(\d{1,16})\.([\w~-]{1,64})$/.exec(text) ?? [];
  if (isEpoch(epoch) && isRev(Number(rev)) && tag !== undefined) {
    return { epoch, rev: Number(rev), tag };
  }
  throw new NascError(
    "invalid-message",
    "have is what the page has of an instance, <epoch>.<rev>.<tag>, or empty",
  );
}
