import { having, naClick, naSubmit } from "../page/attributes.ts";
import type { Clock } from "../shared/clock.ts";
import { controlsOf, isControl, sendsItself } from "./controls.ts";
import { attribute, call, closest, focusBeside, get, isElement, matches } from "./dom.ts";
import type { Drafts } from "./drafts.ts";
import { formPayload, ownPayload } from "./payload.ts";
import { isIgnored } from "./scope-elements.ts";
import type { Send } from "./sending.ts";

/** Options of {@link listen}. */
export interface ListenOptions {
  readonly drafts: Drafts;
  readonly send: Send;
  readonly clock: Clock;
  /** Where the router is. */
  readonly baseUrl: string;
  /** Ends the listening when it aborts. */
  readonly signal: AbortSignal;
}

const clickable = having(naClick);

/** Elements that would leave the page or submit a form when clicked. */
export const acting: string =
  "a,area,button,input[type=submit],input[type=reset],input[type=image]";

/** Elements inside a label that keep a click to themselves. */
const interactive = "a[href],button,input,select,textarea";

/** Listens at a root for clicks, submits and resets, and sends the events of the elements below it. */
export function listen(root: Node, options: ListenOptions): void {
  const { clock, drafts, signal } = options;

  function on<Name extends keyof DocumentEventMap>(
    name: Name,
    listener: (event: DocumentEventMap[Name], target: Element) => void,
  ): void {
    call(root, "addEventListener", name, (event) => {
      const target = event.target as Node;
      // A script may send such an event to the document itself.
      if (isElement(target) && !isIgnored(target)) {
        listener(event as DocumentEventMap[Name], target);
      }
    }, { signal });
  }

  on("click", (event, target) => click(event, target, options));
  on("submit", (event, target) => submit(event, target as HTMLFormElement, options));
  on("focusout", (_, target) => {
    if (isControl(target)) drafts.leave(target);
  });
  on("reset", (event, target) => {
    // The browser resets the controls after this event, unless a listener prevents it.
    clock.setTimeout(() => {
      if (!event.defaultPrevented) drafts.reset(target as HTMLFormElement);
    }, 0);
  });
}

/** Returns whether a click on a link opens it elsewhere, or saves what it leads to. */
export function isElsewhere(
  { altKey, ctrlKey, metaKey, shiftKey }: MouseEvent,
  element: Element,
): boolean {
  return (altKey || ctrlKey || metaKey || shiftKey) && matches(element, "a,area");
}

async function click(
  event: MouseEvent,
  target: Element,
  { drafts, send }: ListenOptions,
): Promise<void> {
  const element = closest(target, clickable);
  const name = element && attribute(element, naClick);
  if (!name || event.defaultPrevented || isForwarded(target, element)) return;
  if (isElsewhere(event, element)) return;
  if (matches(element, acting)) event.preventDefault();
  const settle = isControl(target) && sendsItself(target) ? drafts.click(target) : undefined;
  await send(element, name, ownPayload(element));
  settle?.();
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
  { baseUrl, drafts, send }: ListenOptions,
): Promise<void> {
  const name = attribute(form, naSubmit);
  const submitter = event.submitter as HTMLButtonElement | null;
  const said = (attributeName: string) => submitter && attribute(submitter, attributeName);
  if (!name || event.defaultPrevented || said("formmethod") === "dialog") return;
  // A form may be sent elsewhere, too.
  const action = said("formaction")
    ? submitter!.formAction
    : attribute(form, "action") && get(form, "action");
  if (action && !action.startsWith(new URL(`${baseUrl}/`, get(document, "baseURI")).href)) return;
  event.preventDefault();
  const payload = formPayload(form, submitter);
  const sent = drafts.submit(form);
  const focused = focusBeside(form);
  const isAccepted = await send(form, name, payload);
  if (isAccepted) {
    sent.accept();
    const dialog = closest(form, "dialog") as HTMLDialogElement | null;
    const method = said("formmethod") ?? attribute(form, "method");
    if (method?.toLowerCase() === "dialog") {
      dialog?.close(submitter?.value);
    }
  } else if (sent.isSame() && focusBeside(form) === focused) {
    // Whoever has gone on meanwhile is not called back.
    controlsOf(form).find((control) => attribute(control, "aria-invalid") === "true")?.focus();
  }
}
