import { splitNamed } from "../page/value.ts";
import type { Clock } from "../shared/clock.ts";
import { isControl } from "./controls.ts";
import { call, get, matches } from "./dom.ts";
import type { Drafts } from "./drafts.ts";
import { acting, isElsewhere } from "./listen.ts";
import { ownPayload } from "./payload.ts";
import type { Send } from "./sending.ts";

/** Options of {@link hearing}. */
export interface HearingOptions {
  readonly clock: Clock;
  readonly drafts: Drafts;
  readonly send: Send;
  /** Ends the listening when it aborts. */
  readonly signal: AbortSignal;
}

/**
 * Returns a function that listens at an element for what its `na-on` says: `"input.250ms: search; keydown.Escape: stop"`.
 * What follows a DOM event is a pause that has to pass without another one, or a key that is pressed or held.
 */
export function hearing(
  { clock, drafts, send, signal }: HearingOptions,
): (element: Element, text: string) => void {
  const heard = new WeakSet<Element>();

  function hear(element: Element, on: string, event: string): void {
    const [type = "", ...rest] = on.split(".");
    const pause = rest.find((each) => /^\d+ms$/.test(each));
    const keys = rest.filter((each) => each !== pause);
    let timer: unknown;

    async function sendIt(): Promise<void> {
      if (signal.aborted || !get(element, "isConnected")) return;
      const settle = isControl(element) ? drafts.send(element) : undefined;
      if (await send(element, event, ownPayload(element))) settle?.();
    }

    function later(delay: number): void {
      clock.clearTimeout(timer);
      timer = clock.setTimeout(sendIt, delay);
    }

    listenAt(type, (dom) => {
      const { isComposing, key, code } = dom as KeyboardEvent;
      const isPressed = (name: string) =>
        name === key || name === code || (dom as KeyboardEvent).getModifierState?.(name);
      // An input method is not done yet, and Enter or Escape is meant for it.
      if (isComposing || dom.defaultPrevented || !keys.every(isPressed)) return;
      if (type === "click" && keys.length === 0 && isElsewhere(dom as MouseEvent, element)) return;
      const isActing = type === "submit" || type === "click" && matches(element, acting);
      if (isActing) dom.preventDefault();
      if (pause) later(parseInt(pause));
      else void sendIt();
    });
    // Some browsers send no input event after the composition, others do.
    if (type === "input") listenAt("compositionend", () => later(pause ? parseInt(pause) : 0));

    function listenAt(name: string, listener: (event: Event) => void): void {
      call(element, "addEventListener", name, listener, { signal });
    }
  }

  return (element, text) => {
    if (heard.has(element)) return;
    const listeners = splitNamed(text);
    heard.add(element);
    for (const [on, event] of listeners) hear(element, on, event);
  };
}
