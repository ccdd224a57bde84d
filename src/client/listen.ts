import { having, naClick, naSubmit } from "../page/attributes.ts";
import type { Clock } from "../shared/clock.ts";
import { type Control, controlsOf, isCheckable, isControl } from "./controls.ts";
import { attribute, call, closest, isElement, matches, tag } from "./dom.ts";
import type { Drafts } from "./drafts.ts";
import { dataPayload, formPayload } from "./payload.ts";
import type { Send } from "./sending.ts";

/** Options of {@link listen}. */
export interface ListenOptions {
  readonly drafts: Drafts;
  readonly send: Send;
  readonly clock: Clock;
  /** Ends the listening when it aborts. */
  readonly signal: AbortSignal;
}

const clickable = having(naClick);

/** Elements that would leave the page or submit a form when clicked. */
export const acting: string =
  "a,area,button,input[type=submit],input[type=reset],input[type=image]";

/** Elements inside a label that keep a click to themselves. */
const interactive = "a[href],button,input,select,textarea";

/** Listens at a root for clicks, submits and edits, and sends the events of the elements below it. */
export function listen(root: Node, options: ListenOptions): void {
  const { clock, drafts, signal } = options;

  function on<Name extends keyof DocumentEventMap>(
    name: Name,
    listener: (event: DocumentEventMap[Name], target: Element) => void,
  ): void {
    call(root, "addEventListener", name, (event) => {
      const target = event.target as Node;
      // A script may send such an event to the document itself.
      if (isElement(target)) listener(event as DocumentEventMap[Name], target);
    }, { signal });
  }

  on("click", (event, target) => click(event, target, options));
  on("submit", (event, target) => submit(event, target as HTMLFormElement, options));
  on("input", (_, target) => {
    // A control that sends its own clicks has no draft: the state decides what it shows.
    if (isControl(target) && !sendsItself(target)) drafts.edit(target);
  });
  on("focusout", (_, target) => {
    if (isControl(target)) drafts.leave(target);
  });
  on("reset", (event, target) => {
    // The browser resets the controls after this event, unless a listener prevents it.
    clock.setTimeout(() => {
      if (event.defaultPrevented) return;
      for (const control of controlsOf(target as HTMLFormElement)) drafts.discard(control);
    }, 0);
  });
}

async function click(
  event: Event,
  target: Element,
  { drafts, send }: ListenOptions,
): Promise<void> {
  const element = closest(target, clickable);
  const name = element && attribute(element, naClick);
  if (!name || event.defaultPrevented || isForwarded(target, element)) return;
  if (matches(element, acting)) event.preventDefault();
  const settle = isControl(target) && sendsItself(target) ? drafts.click(target) : undefined;
  await send(element, name, dataPayload(element));
  settle?.();
}

/** Returns whether a checkbox or radio button, or the label around it, has `na-click`. */
function sendsItself(control: Control): boolean {
  if (!isCheckable(control)) return false;
  const element = closest(control, clickable);
  return element !== null && (element === control || tag(element) === "label");
}

/** Returns whether the browser follows this click on a label with one on its control, which is sent instead. */
function isForwarded(target: Element, element: Element): boolean {
  const label = closest(target, "label") as HTMLLabelElement | null;
  const control = label?.control;
  return !!control && call(element, "contains", label) && !matches(control, ":disabled") &&
    closest(control, clickable) !== null &&
    !call(label, "contains", closest(target, interactive));
}

async function submit(
  event: SubmitEvent,
  form: HTMLFormElement,
  { drafts, send }: ListenOptions,
): Promise<void> {
  const name = attribute(form, naSubmit);
  if (!name || event.defaultPrevented) return;
  event.preventDefault();
  const payload = formPayload(form, event.submitter);
  const settle = drafts.submit(controlsOf(form));
  if (await send(form, name, payload)) settle();
}
