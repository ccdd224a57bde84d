/**
 * Live queries in React.
 *
 * @module
 */
import { type DependencyList, useMemo, useSyncExternalStore } from "react";
import { type LiveQuery, liveQuery } from "../store/mod.ts";
import { assertCallback, resultOf, settle, type Settled } from "./settled.ts";

/**
 * Returns the result of a callback that reads stores. The component renders again when a write changes the result, and
 * after no other write. Everything else that the callback uses (props, state) belongs in `dependencies`, as with
 * `useMemo`; the default is none. What the callback throws reaches the nearest error boundary.
 *
 * On a server, returns the current result and follows nothing.
 *
 * @throws {TypeError} if the callback is not a function, or the dependencies are not a list.
 *
 * @example The messages of a channel
 * ```ts ignore
 * import { createElement } from "react";
 * import { useLiveQuery } from "rian/react";
 *
 * function Messages({ channelId }: { channelId: string }) {
 *   const messages = useLiveQuery(() => db.messages.where({ channelId }).toArray(), [channelId]);
 *   return createElement("ul", null, messages.map(({ id, text }) => createElement("li", { key: id }, text)));
 * }
 * ```
 */
export function useLiveQuery<Result>(
  callback: () => Result,
  dependencies: DependencyList = [],
): Result {
  assertCallback(callback);
  if (!Array.isArray(dependencies)) {
    throw new TypeError(
      "Cannot use a live query: dependencies is not a list; pass one, such as [channelId]",
    );
  }
  const live: LiveQuery<Settled<Result>> = useMemo(
    () => liveQuery(() => settle(callback)),
    dependencies,
  );
  return resultOf(useSyncExternalStore(live.subscribe, live.getSnapshot, live.getSnapshot));
}
