import { isBroadcastable } from "../../processor/broadcasts.ts";
import { isEpoch, isRev } from "../../processor/epoch.ts";
import type { News } from "../../processor/mod.ts";
import { own } from "../../shared/own.ts";

/** What crosses from one process to another: news, without a state. A broadcast brings what its handler has said. */
export interface CarriedNews {
  /** The hub that has sent it. */
  readonly from: string;
  /** The name of the storage that the news are about. */
  readonly source: string;
  readonly news: News;
}

/** How many characters cross as one text. An address has at most some 2,000, which JSON may write as six each. */
const maxLength = 16_384;

/**
 * Returns news as text.
 *
 * @throws {Error} if that is too long
 */
export function writeCarried({ from, source, news }: CarriedNews): string {
  const { state: _, ...stateless } = news;
  const text = JSON.stringify({ from, source, news: stateless });
  if (text.length <= maxLength) return text;
  throw new Error(
    `Cannot publish news of ${news.type}: with its address it has ${text.length} characters, and ` +
      `a hub carries ${maxLength}; use shorter ids`,
  );
}

/**
 * Returns what a text carries, made anew of its known parts; `undefined` for anything else. Others may write to a
 * channel too, so it may be anything.
 */
export function readCarried(text: unknown): CarriedNews | undefined {
  if (typeof text !== "string" || text.length > maxLength) return undefined;
  const { from, source, news } = membersOf(parse(text));
  const read = readNews(news);
  return typeof from === "string" && typeof source === "string" && read
    ? { from, source, news: read }
    : undefined;
}

function readNews(value: unknown): News | undefined {
  const { kind, type, id, rev, epoch, origin, user, payload } = membersOf(value);
  if (typeof type !== "string" || typeof id !== "string") return undefined;
  const { stream, eventId } = membersOf(origin);
  if (kind === "hangUp") {
    return typeof user === "string" ? { kind, type, id, user } : undefined;
  }
  if (kind === "broadcast") {
    if (!isBroadcastable(payload)) return undefined;
    return { kind, type, id, payload, ...(typeof stream === "string" && { origin: { stream } }) };
  }
  if (kind !== "change" || !isRev(rev)) return undefined;
  if (epoch !== undefined && !isEpoch(epoch)) return undefined;
  const isNamed = typeof stream === "string" && typeof eventId === "string";
  return {
    ...{ kind, type, id, rev },
    ...(epoch !== undefined && { epoch }),
    ...(isNamed && { origin: { stream, eventId } }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the own members of an object, and none of anything else. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return own(typeof value === "object" && value !== null ? value as Record<string, unknown> : {});
}
