/**
 * Live queries in Solid.
 *
 * @module
 */
import { createMemo, createSignal, onCleanup, untrack } from "solid-js";
import { isServer } from "solid-js/web";
import { liveQuery } from "../store/mod.ts";
import { attempt, settle } from "./outcome.ts";

/**
 * The result of a callback that reads stores, as a signal. It changes when the result is another one, after a write
 * or when a signal that the callback reads has changed, until its owner is disposed of. What the callback throws is
 * thrown to whoever reads the signal, and so reaches the nearest `ErrorBoundary`.
 *
 * On a server it is the result at the moment, and nothing is followed.
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
  if (isServer) return callback;
  const [changed, change] = createSignal(undefined, { equals: false });
  let isFollowing = false;
  // Whoever writes to the store makes the callback run, and must not follow the signals that it reads.
  const live = liveQuery(() => attempt(isFollowing ? () => untrack(callback) : callback));
  const latest = createMemo(() => {
    changed();
    isFollowing = false;
    onCleanup(live.subscribe(() => isFollowing && change()));
    isFollowing = true;
    return live.getSnapshot();
  });
  // The snapshot may be newer: several queries change with a write, and are told one after the other.
  return () => (latest(), settle(live.getSnapshot()));
}
