/**
 * Live queries in React.
 *
 * @module
 */
import { type DependencyList, useMemo, useSyncExternalStore } from "react";
import { type LiveQuery, liveQuery } from "../store/mod.ts";
import { attempt, type Outcome, settle } from "./outcome.ts";

/**
 * The result of a callback that reads stores. The component renders again when the result is another one, and at no
 * other write. Everything else that the callback uses (props, state) belongs into `dependencies`, as with `useMemo`:
 * by default there is nothing of that kind. What the callback throws reaches the nearest error boundary.
 *
 * On a server it is the result at the moment, and nothing is followed.
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
  const live: LiveQuery<Outcome<Result>> = useMemo(
    () => liveQuery(() => attempt(callback)),
    dependencies,
  );
  return settle(useSyncExternalStore(live.subscribe, live.getSnapshot, live.getSnapshot));
}
