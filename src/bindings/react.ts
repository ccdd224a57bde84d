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
 * What Ramify's hook takes, `{ collections, others }`, is accepted too: `others` are the dependencies. The collections
 * that the callback reads are followed whether they are listed or not, and no others are.
 *
 * On a server, returns the current result and follows nothing.
 *
 * @throws {TypeError} if the callback is not a function, or the dependencies are neither.
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
  dependencies:
    | DependencyList
    | { readonly collections: readonly unknown[]; readonly others: DependencyList } = [],
): Result {
  assertCallback(callback);
  const live: LiveQuery<Settled<Result>> = useMemo(
    () => liveQuery(() => settle(callback)),
    listOf(dependencies),
  );
  return resultOf(useSyncExternalStore(live.subscribe, live.getSnapshot, live.getSnapshot));
}

function listOf(dependencies: unknown): DependencyList {
  if (Array.isArray(dependencies)) return dependencies;
  const { collections, others, ...unknown } = { ...Object(dependencies) };
  const isKnown = Object.keys(unknown).length === 0;
  // Another collection is another query, so the one in use is made anew.
  if (isKnown && [collections, others].every(Array.isArray)) return [...collections, ...others];
  throw new TypeError(
    "Cannot use a live query: dependencies is not a list; pass one, such as [channelId]",
  );
}
