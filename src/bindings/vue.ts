/**
 * Live queries in Vue.
 *
 * @module
 */
import { hasInjectionContext, inject, onScopeDispose, ReactiveEffect } from "vue";
import { type Ref, shallowRef, ssrContextKey, toRef } from "vue";
import { liveQuery } from "../store/mod.ts";
import { assertCallback, resultOf, settle } from "./settled.ts";

/**
 * Returns a ref to the result of a callback that reads stores. It changes when a write, or a ref that the callback
 * reads, changes the result, until the component or the effect scope ends. Reading the ref throws what the callback
 * throws, so an error reaches `onErrorCaptured`.
 *
 * On a server, the ref is the current result and follows nothing.
 *
 * @example The messages of a channel
 * ```ts ignore
 * import { useLiveQuery } from "rian/vue";
 *
 * const { channelId } = defineProps<{ channelId: string }>();
 * const messages = useLiveQuery(() => db.messages.where({ channelId }).toArray());
 * ```
 */
export function useLiveQuery<Result>(callback: () => Result): Readonly<Ref<Result>> {
  assertCallback(callback);
  // A component that a server renders is never unmounted.
  if (hasInjectionContext() && inject(ssrContextKey, undefined)) return toRef(callback);
  // An effect of its own: a write to the store runs the callback, and the effect that writes must not follow its refs.
  const effect = new ReactiveEffect(() => settle(callback));
  const live = liveQuery(() => effect.run());
  const latest = shallowRef<unknown>();
  const follow = () => live.subscribe((snapshot) => latest.value = snapshot);
  let unfollow = follow();
  effect.scheduler = () => {
    unfollow();
    unfollow = follow();
  };
  onScopeDispose(() => unfollow());
  // The snapshot may be newer: when a write changes several queries, they are notified one after the other.
  return toRef(() => (latest.value, resultOf(live.getSnapshot())));
}
