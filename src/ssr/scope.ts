import { naInstance, naScope, naType } from "../page/attributes.ts";
import { addressIn } from "../page/scope-name.ts";
import { parseFill } from "../page/value.ts";
import type { Address } from "../processor/address.ts";
import { unescapeHtml } from "./escape.ts";
import type { Frame } from "./frame.ts";
import { attempt, readingOf } from "./reading.ts";
import type { StartTag } from "./start-tag.ts";
import { attributeOf, type PageElement, textOf } from "./tree.ts";

/**
 * Returns what finds the address of the instance that an element shows. An id may come from the row around it, or from the
 * parameters of the page; a type is always the page's own.
 */
export function scopeOf(
  element: PageElement,
  start: StartTag,
  depth: number,
): (frame: Frame) => Address | undefined {
  const scope = attributeOf(element.tag, naScope);
  const { name, source } = scope ?? attributeOf(element.tag, naInstance)!;
  const text = unescapeHtml(source);
  const typed = scope && textOf(element, naType);
  if (!text.includes("{{")) {
    const address = addressIn(text, typed);
    return () => address;
  }
  const value = attempt(() => parseFill(text));
  const reading = value && readingOf(value, depth);
  if (!reading || !typed && !/^[^{]*:/.test(text)) return () => undefined;
  const slot = start.slot(name);
  start.fill((slots, frame) => {
    if (reading.isKnown(frame)) slots[slot] = String(reading.read(frame));
  });
  return (frame) =>
    reading.isKnown(frame) ? addressIn(String(reading.read(frame)), typed) : undefined;
}
