import { controlsOf, isCheckable, isControl } from "./controls.ts";
import type { Drafts } from "./drafts.ts";
import { dataPayload, formPayload, type Payload } from "./payload.ts";
import type { Timers } from "./pause.ts";

/** What listening to a page depends on. */
export interface EventsOptions {
  readonly drafts: Drafts;
  /** Sends an event of the instance that an element is in, and tells whether it was accepted. */
  readonly send: (element: Element, event: string, payload: Payload) => Promise<boolean>;
  readonly timers: Timers;
  /** Stops listening when it is aborted. */
  readonly signal: AbortSignal;
}

/** What would leave the page or submit a form when it is clicked. */
const acting = "a,area,button,input[type=submit],input[type=reset],input[type=image]";

/** Listens to clicks, submits and edits, once for all elements at and below a root. */
export function listen(root: Node, options: EventsOptions): void {
  const { drafts, timers, signal } = options;

  function on<Name extends keyof DocumentEventMap>(
    name: Name,
    listener: (event: DocumentEventMap[Name], target: Element) => void,
  ): void {
    root.addEventListener(name, (event) => {
      listener(event as DocumentEventMap[Name], event.target as Element);
    }, { signal });
  }

  on("click", (event, target) => click(event, target, options));
  on("submit", (event, target) => submit(event, target as HTMLFormElement, options));
  on("input", (_, target) => {
    // A control that sends its own clicks has no draft: the state decides what it shows.
    const sendsItself = target.hasAttribute("na-click");
    if (isControl(target) && !(sendsItself && isCheckable(target))) drafts.edit(target);
  });
  on("focusout", (_, target) => {
    if (isControl(target)) drafts.leave(target);
  });
  on("reset", (_, target) => {
    // The browser resets the controls after this event.
    timers.setTimeout(() => {
      for (const control of controlsOf(target as HTMLFormElement)) drafts.discard(control);
    }, 0);
  });
}

async function click(
  event: Event,
  target: Element,
  { drafts, send }: EventsOptions,
): Promise<void> {
  const element = target.closest("[na-click]");
  const name = element?.getAttribute("na-click");
  if (!element || !name || event.defaultPrevented) return;
  if (element.matches(acting)) event.preventDefault();
  const settle = isControl(element) && isCheckable(element) ? drafts.click(element) : undefined;
  await send(element, name, dataPayload(element));
  settle?.();
}

async function submit(
  event: SubmitEvent,
  form: HTMLFormElement,
  { drafts, send }: EventsOptions,
): Promise<void> {
  const name = form.getAttribute("na-submit");
  if (!name || event.defaultPrevented) return;
  event.preventDefault();
  const payload = formPayload(form, event.submitter);
  const settle = drafts.submit(controlsOf(form));
  if (await send(form, name, payload)) settle();
}
