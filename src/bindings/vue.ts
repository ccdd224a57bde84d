/**
 * Live queries in Vue.
 *
 * @module
 */
import { hasInjectionContext, inject, onScopeDispose, ReactiveEffect } from "vue";
import { type Ref, shallowRef, ssrContextKey, toRef } from "vue";
import { liveQuery } from "../store/mod.ts";
import { attempt, settle } from "./outcome.ts";

/**
 * A ref to the result of a callback that reads stores. It changes when the result is another one, after a write or
 * when a ref that the callback reads has changed, until the component or the effect scope ends. What the callback
 * throws is thrown to whoever reads the ref, and so reaches `onErrorCaptured`.
 *
 * On a server it is the result at the moment, and nothing is followed.
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
  // A component that a server renders is never unmounted.
  if (hasInjectionContext() && inject(ssrContextKey, undefined)) return toRef(callback);
  // An effect of its own, so that refs are not followed by whoever writes to the store and makes the callback run.
  const effect = new ReactiveEffect(() => attempt(callback));
  const live = liveQuery(() => effect.run());
  const latest = shallowRef<unknown>();
  const follow = () => live.subscribe((outcome) => latest.value = outcome);
  let unfollow = follow();
  effect.scheduler = () => {
    unfollow();
    unfollow = follow();
  };
  onScopeDispose(() => unfollow());
  // The snapshot may be newer: several queries change with a write, and are told one after the other.
  return toRef(() => (latest.value, settle(live.getSnapshot())));
}
