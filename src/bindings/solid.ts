/**
 * Live queries in Solid.
 *
 * @module
 */
import { createMemo, createSignal, onCleanup, untrack } from "solid-js";
import { isServer } from "solid-js/web";
import { liveQuery } from "../store/mod.ts";
import { assertCallback, resultOf, settle } from "./settled.ts";

/**
 * Returns the result of a callback that reads stores, as a signal. It changes when a write, or a signal that the
 * callback reads, changes the result, until its owner is disposed of. Reading the signal throws what the callback
 * throws, so an error reaches the nearest `ErrorBoundary`.
 *
 * On a server, the signal is the current result and follows nothing.
 *
 * @example The messages of a channel
 * ```tsx ignore
 * import { For } from "solid-js";
 * import { createLiveQuery } from "rian/solid";
 *
 * function Messages(props: { channelId: string }) {
 *   const messages = createLiveQuery(() => db.messages.where({ channelId: props.channelId }).toArray());
 *   return <For each={messages()}>{(message) => <li>{message.text}</li>}</For>;
 * }
 * ```
 */
export function createLiveQuery<Result>(callback: () => Result): () => Result {
  assertCallback(callback);
  if (isServer) return callback;
  const [changed, change] = createSignal(undefined, { equals: false });
  let isFollowing = false;
  // A write to the store runs the callback, and the effect that writes must not follow the signals it reads.
  const live = liveQuery(() => settle(isFollowing ? () => untrack(callback) : callback));
  const latest = createMemo(() => {
    changed();
    isFollowing = false;
    onCleanup(live.subscribe(() => isFollowing && change()));
    isFollowing = true;
    return live.getSnapshot();
  });
  // The snapshot may be newer: when a write changes several queries, they are notified one after the other.
  return () => (latest(), resultOf(live.getSnapshot()));
}
