import type { Clock } from "../shared/clock.ts";
import { get } from "./dom.ts";

/** Who goes to another tab for a moment comes back to one that is still followed. */
const grace = 3_000;

/** Options of {@link watchSight}. */
export interface SightOptions {
  readonly clock: Clock;
  /** Ends the watching when it aborts. */
  readonly signal: AbortSignal;
  /** Whether a hidden page is as good as one that is seen. */
  readonly whileHidden?: boolean;
}

/**
 * Watches whether somebody may look at the page, and returns whether nobody can now. `changed` hears whenever that
 * changes: a page goes away three seconds after it was hidden, or at once when it is left, and comes back when it is
 * shown. A browser has six connections to a host over HTTP/1.1, for all tabs.
 */
export function watchSight(
  { clock, signal, whileHidden }: SightOptions,
  changed: (isAway: boolean) => void,
): boolean {
  let isAway = isHidden();
  let timer: unknown;

  function isHidden(): boolean {
    return !whileHidden && get(document, "hidden");
  }

  function tell(next: boolean): void {
    if (isAway !== next && !signal.aborted) changed(isAway = next);
  }

  for (const name of ["pagehide", "pageshow", "visibilitychange"]) {
    addEventListener(name, () => {
      clock.clearTimeout(timer);
      if (name === "pagehide") tell(true);
      else if (!isHidden()) tell(false);
      else timer = clock.setTimeout(() => tell(true), grace);
    }, { signal });
  }
  return isAway;
}
