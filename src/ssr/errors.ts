import { naError } from "../page/attributes.ts";
import { own } from "../shared/own.ts";
import type { Around } from "./around.ts";
import { escapeHtml } from "./escape.ts";
import type { FormPlan } from "./form-plan.ts";
import type { Frame } from "./frame.ts";
import type { StartTag } from "./start-tag.ts";
import { type PageElement, textOf } from "./tree.ts";

/** Returns what was refused of a sender's events, if it was sent from this very row. */
export function refusalFrom(
  { flash, rows }: Frame,
  isSent: (event: string) => boolean,
): Frame["flash"] {
  const isFromHere = flash && isSent(flash.event) && flash.rows.length === rows.length &&
    flash.rows.every((row, index) => row === rows[index]);
  return isFromHere ? flash : undefined;
}

/**
 * Returns what a place for an error shows: what was refused in the form around it, or else in its row or scope, where the
 * form has no such place. Returns `undefined` for an element that is none.
 */
export function bindError(
  element: PageElement,
  start: StartTag,
  { form, explained }: Pick<Around, "form" | "explained">,
): ((frame: Frame) => string | undefined) | undefined {
  const field = textOf(element, naError);
  if (field === undefined) return undefined;
  const hasRole = textOf(element, "role") !== undefined;
  const [role, id] = [start.slot("role"), start.slot("id")];
  const ownId = form?.errorIds.get(field);

  function errorIn(frame: Frame): string | undefined {
    const flash = (form ? frame.refused ?? ofButton(frame) : here(frame)) ?? elsewhere(frame);
    if (!flash) return undefined;
    const { fields, message } = flash.error;
    const text = field === "" ? message : fields && own(fields)[field!];
    return text || undefined;
  }

  function here({ flash, rows }: Frame): Frame["flash"] {
    if (!flash || explained.has(flash.event)) return undefined;
    // One in a row is for what is sent from that row.
    return rows.every((row, index) => row === flash.rows[index]) ? flash : undefined;
  }

  /** What a button in the form has sent by itself, from the same row. */
  function ofButton(frame: Frame): Frame["flash"] {
    return refusalFrom(frame, (event) => !!form?.buttonEvents.has(event));
  }

  /** Without a secret, nobody knows which form it was: the first place of the page shows it. */
  function elsewhere({ painter }: Frame): Frame["flash"] {
    const isFirst = painter.flash?.type === "" && field === "" && painter.isFirst(element);
    return isFirst ? painter.flash : undefined;
  }

  start.write((slots, frame) => {
    if (errorIn(frame) === undefined) return;
    if (!hasRole) slots[role] = "alert";
    if (field !== "" && ownId !== undefined) slots[id] ??= ownId;
  });
  return (frame) => {
    const text = errorIn(frame);
    return text && escapeHtml(text);
  };
}

/** Says of a control that it was refused, and where the page says why. */
export function bindInvalid(
  element: PageElement,
  start: StartTag,
  form: FormPlan | undefined,
): void {
  const name = textOf(element, "name");
  if (!name || !form) return;
  const [invalid, describedBy] = [start.slot("aria-invalid"), start.slot("aria-describedby")];
  const described = textOf(element, "aria-describedby");
  const place = form.errorIds.get(name);
  start.write((slots, { refused }) => {
    const { fields } = refused?.error ?? {};
    if (!fields || !Object.hasOwn(fields, name)) return;
    slots[invalid] = "true";
    if (place !== undefined) {
      slots[describedBy] = described === undefined ? place : `${described} ${place}`;
    }
  });
}
