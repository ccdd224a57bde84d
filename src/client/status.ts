import type { Instance, Locals } from "./instance.ts";

/** Returns what is so of an instance, as `na-state` shows it and expressions find it. */
export function statusOf(
  { isSaved, isUnreachable, live, pending, shown, viewers }: Instance,
  { isFollowed, isExplained }: {
    /** Whether there are streams, so that one could bring it. */
    readonly isFollowed: boolean;
    /** Whether the page says why there is no state. */
    readonly isExplained: boolean;
  },
): Locals {
  return {
    loading: !shown && !isExplained,
    live,
    stale: shown !== undefined && isFollowed && !live,
    offline: isUnreachable || !navigator.onLine,
    pending: pending > 0,
    saved: pending === 0 && isSaved === true,
    refused: pending === 0 && isSaved === false,
    viewers,
  };
}

/** Returns what is so of a page: what is so of one of its instances, and `live` if all are. */
export function statusOfAll(all: readonly Locals[]): Locals {
  const names = Object.keys(all[0] ?? {}).filter((name) => name !== "viewers");
  return Object.fromEntries(
    names.map((name) => {
      const isSo = (locals: Locals) => locals[name];
      return [name, name === "live" ? all.every(isSo) : all.some(isSo)];
    }),
  );
}
