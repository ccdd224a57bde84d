import type { Address } from "./address.ts";
import type { AttemptResult } from "./attempt-result.ts";
import type { Hub, News } from "./hub.ts";
import { remember } from "./operations-between.ts";
import type { ParsedMessage } from "./parse-message.ts";
import type { Source } from "./source.ts";

/** Options of {@link publish}. */
export interface PublishOptions {
  readonly hub: Hub;
  readonly source: Source;
  /** Receives what the hub fails with. */
  readonly report: (error: unknown, changed: Address) => void;
  /** Returns whether an instance may broadcast once more. */
  readonly mayBroadcast: (address: Address) => boolean;
}

/**
 * Tells a hub of each instance that an event has changed, and then what it has broadcast. It never fails: the event is
 * committed, and a viewer that missed the news finds the change at its next heartbeat.
 */
export function publish(
  { before, state: after, operations, changed, broadcasts = [] }: AttemptResult,
  { type, id, stream, eventId }: ParsedMessage & { readonly eventId: string },
  { hub, source, report, mayBroadcast }: PublishOptions,
): void {
  function tell(news: News): void {
    try {
      const published: unknown = hub.publish(source, news);
      if (published instanceof Promise) published.catch((error) => report(error, news));
    } catch (error) {
      report(error, news);
    }
  }

  // Viewers are told what leads from one state to the other.
  if (before && after) remember(before, after, { operations });
  for (const other of changed) {
    const { rev, epoch, state } = other;
    const isOwn = other.type === type && other.id === id;
    tell({
      kind: "change",
      type: other.type,
      id: other.id,
      rev,
      epoch,
      ...(state && { state }),
      ...(isOwn && stream !== undefined && { origin: { stream, eventId } }),
    });
  }
  for (const broadcast of broadcasts) {
    if (!mayBroadcast(broadcast)) continue;
    tell({
      kind: "broadcast",
      ...broadcast,
      ...(stream !== undefined && { origin: { stream } }),
    });
  }
}
