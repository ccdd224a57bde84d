import { naBind, naClick, naEach, naError, naPrivate, naSubmit } from "../page/attributes.ts";
import { isButtonType, isShownType } from "../page/choice.ts";
import type { Path } from "../page/expression.ts";
import { typeOf } from "./control-type.ts";
import { pathOf } from "./reading.ts";
import { type PageElement, type Part, textOf } from "./tree.ts";

/** What is known of a form before there is a state. */
export interface FormPlan {
  /** The event that it sends. */
  readonly event: string | undefined;
  /** The events of the buttons in it. */
  readonly buttonEvents: ReadonlySet<string>;
  /** Where its named controls are bound to, if they are. */
  readonly bound: Path | undefined;
  /** How many rows it is in. */
  readonly depth: number;
  /** The names of checkboxes that are booleans. */
  readonly flags: readonly string[];
  /** The names that are lists. */
  readonly lists: readonly string[];
  /** The names whose values may be shown again. */
  readonly keep: readonly string[];
  readonly hasFile: boolean;
  /** Whether it has a place for what was refused. */
  readonly hasError: boolean;
  /** The ids of the places for what is wrong with a field. */
  readonly errorIds: ReadonlyMap<string, string>;
}

interface FormControl {
  readonly name: string;
  readonly type: string;
  readonly hasValue: boolean;
  readonly isMultiple: boolean;
  /** Whether it is in a row of the form, and its name does not tell it from those of other rows. */
  readonly isRepeated: boolean;
  readonly isPrivate: boolean;
}

const isSecret = /(?:^|\s)(?:cc-\S*|one-time-code|new-password|current-password)(?:\s|$)/i;
const isSent = /^(?:input|select|textarea)$/;

/** Returns what is known of a form in so many rows. */
export function planForm(element: PageElement, depth: number): FormPlan {
  const controls: FormControl[] = [];
  const errorIds = new Map<string, string>();
  const buttonEvents = new Set<string>();
  let hasError = false;

  function visit(parts: readonly Part[], inRow = false): void {
    for (const each of parts) {
      if (typeof each === "string") continue;
      const field = textOf(each, naError);
      if (field === "") hasError = true;
      else if (field !== undefined) {
        errorIds.set(field, textOf(each, "id") ?? `nasc-error-${field}`);
      }
      const click = textOf(each, naClick);
      if (click) buttonEvents.add(click);
      const isControl = isSent.test(each.tag.name) && !each.isForeign;
      if (isControl && textOf(each, "disabled") === undefined) {
        controls.push(controlOf(each, inRow));
      }
      visit(each.children, inRow || textOf(each, naEach) !== undefined);
    }
  }

  function controlOf(each: PageElement, inRow: boolean): FormControl {
    return {
      name: textOf(each, "name") ?? "",
      type: typeOf(each),
      hasValue: textOf(each, "value") !== undefined,
      isMultiple: textOf(each, "multiple") !== undefined &&
        textOf(each, "type")?.toLowerCase() !== "email",
      isRepeated: inRow && !textOf(each, "name")?.includes("{{"),
      isPrivate: textOf(each, naPrivate) !== undefined ||
        isSecret.test(textOf(each, "autocomplete") ?? ""),
    };
  }

  visit(element.children);
  const bound = textOf(element, naBind);
  const isPrivate = textOf(element, naPrivate) !== undefined;
  const named = Map.groupBy(
    controls.filter(({ name, type }) => name !== "" && !isButtonType(type)),
    ({ name }) => name,
  );
  const names = (test: (group: readonly FormControl[]) => boolean) =>
    [...named].flatMap(([name, group]) => test(group) ? [name] : []);
  return {
    event: textOf(element, naSubmit),
    buttonEvents,
    bound: bound === undefined ? undefined : pathOf(bound),
    depth,
    flags: names(([first, other]) =>
      !other && first!.type === "checkbox" && !first!.hasValue && !first!.isRepeated
    ),
    lists: names(([first, other]) =>
      first!.isMultiple || (other !== undefined || first!.isRepeated) && first!.type !== "radio"
    ),
    keep: isPrivate
      ? []
      : names((group) => !group.some((each) => each.isPrivate || !isShownType(each.type))),
    hasFile: controls.some(({ type }) => type === "file"),
    hasError,
    errorIds,
  };
}
