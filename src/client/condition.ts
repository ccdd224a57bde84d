import { isTrue, type Level } from "../page/evaluate.ts";
import type { Binding } from "./bindings.ts";
import type { Change } from "./change.ts";
import { call, get } from "./dom.ts";
import { holdFocus } from "./focus.ts";
import type { Reading } from "./reading.ts";
import type { LeftRow, Row } from "./rows.ts";

/** Options of {@link bindCondition}. */
export interface ConditionOptions {
  /** Makes what it shows, outside of any document. */
  readonly create: () => Row;
  /** Returns what it shows already. */
  readonly takeOver: () => readonly LeftRow[];
}

/** Shows a template, before it, while a condition holds. */
export function bindCondition(
  template: HTMLTemplateElement,
  reading: Reading,
  { create, takeOver }: ConditionOptions,
): Binding {
  let isFirst = true;
  let row: Row | undefined;
  function remove(): void {
    if (!row) return;
    const settle = holdFocus(get(template, "parentNode"), () => row ? [row] : []);
    for (const element of row.elements) call(element, "remove");
    row = undefined;
    settle();
  }
  function insert(level: Level): void {
    row = create();
    row.show(level);
    const parent = get(template, "parentNode");
    for (const element of row.elements) {
      if (parent) call(parent, "insertBefore", element, template);
    }
  }
  return {
    ...reading,
    element: template,
    // What it shows may depend on anything.
    property: undefined,
    show(level, change?: Change) {
      if (isFirst) row = takeOver()[0]?.row;
      isFirst = false;
      if (!isTrue(reading.read(level))) remove();
      else if (row) row.show(level, change);
      else insert(level);
    },
    placed: () => row?.elements ?? [],
    remove,
  };
}
