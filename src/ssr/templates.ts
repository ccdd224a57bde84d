import { naEach, naIf, naIfRow, naKey, naKeyVal } from "../page/attributes.ts";
import { isTrue, readPath, toText } from "../page/evaluate.ts";
import type { Around } from "./around.ts";
import { type Frame, join, type Segment } from "./frame.ts";
import { pathOf, readingAt, readingOfText } from "./reading.ts";
import { requireEnd } from "./require-end.ts";
import type { StartTag } from "./start-tag.ts";
import { innerSourceOf, type PageElement, textOf } from "./tree.ts";

/** Compiles a template: what it shows stands before it, and it stays as it is written. */
export function compileTemplate(
  element: PageElement,
  start: StartTag,
  around: Around,
): readonly Segment[] {
  const each = textOf(element, naEach);
  const condition = textOf(element, naIf);
  // What is inside is for the client, as it stands; the tag itself may be in a row.
  const { source } = around;
  const written = [start.segment(), innerSourceOf(element, source) + element.end];
  if (each === undefined && condition === undefined) return written;
  requireEnd(element);
  const elements = element.children.filter((part) => typeof part !== "string");
  if (each !== undefined) return [compileRows(element, elements, around), ...written];
  const reading = readingOfText(condition!, around.depth);
  if (!reading) return written;
  const row = elements.flatMap((part) =>
    around.compileElement(part, { ...around, isMade: true }, markWith(naIfRow, () => ""))
  );
  return [
    (frame) => reading.isKnown(frame) && isTrue(reading.read(frame)) ? join(row, frame) : "",
    ...written,
  ];
}

function compileRows(
  template: PageElement,
  elements: readonly PageElement[],
  around: Around,
): Segment {
  const path = pathOf(textOf(template, naEach)!);
  const reading = path && readingAt(path, around.depth);
  const key = pathOf(textOf(template, naKey) ?? "");
  const isKeyed = textOf(template, naKey) !== undefined && key !== undefined;
  if (!reading) return "";
  const inside: Around = { ...around, depth: around.depth + 1, isMade: true };
  const row = elements.flatMap((part) =>
    around.compileElement(part, inside, markWith(naKeyVal, (frame) => frame.rows.at(-1)!))
  );
  return (frame) => {
    const items = reading.isKnown(frame) ? reading.read(frame) : undefined;
    if (!Array.isArray(items)) return "";
    const { painter, level, hasState, address, rows, chosen, flash, refused } = frame;
    let text = "";
    for (const [index, item] of items.entries()) {
      const rowKey = isKeyed ? toText(readPath(item, key.names)) : String(index);
      text += join(row, {
        painter,
        level: { value: item, above: level, locals: { index, number: index + 1 } },
        hasState,
        address,
        rows: [...rows, rowKey],
        chosen,
        flash,
        refused,
      });
    }
    return text;
  };
}

function markWith(name: string, valueOf: (frame: Frame) => string): (start: StartTag) => void {
  return (start) => {
    const slot = start.slot(name);
    start.fill((slots, frame) => {
      slots[slot] = valueOf(frame);
    });
  };
}
