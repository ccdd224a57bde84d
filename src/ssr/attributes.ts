import {
  attributeText,
  isAddress,
  isAttributeName,
  isBindable,
  isFillable,
  isSafe,
  isSettable,
  type Place,
} from "../page/attribute.ts";
import { naAttr, naClass, naShow, ngBind } from "../page/attributes.ts";
import { isTrue } from "../page/evaluate.ts";
import { parseFill, parseNamedValues, type Value } from "../page/value.ts";
import { unescapeHtml } from "./escape.ts";
import type { Frame } from "./frame.ts";
import { attempt, readingOf, readingOfText } from "./reading.ts";
import type { StartTag } from "./start-tag.ts";
import { type PageElement, textOf } from "./tree.ts";

/** Fills in the attributes of a row that have values in braces. */
export function fillAttributes({ tag }: PageElement, start: StartTag, depth: number): void {
  for (const { name, source } of tag.attributes) {
    if (!source.includes("{{") || !isFillable(name)) continue;
    const value = attempt(() => parseFill(unescapeHtml(source)));
    if (value) setAttribute(start, { name, value, tag: tag.name, depth, isFill: true });
  }
}

/** Sets what `na-attr`, `na-class` and `na-show` say, in this order. */
export function bindAttributes(element: PageElement, start: StartTag, depth: number): void {
  const { tag } = element;
  function named(name: string): readonly (readonly [string, Value])[] {
    return attempt(() => parseNamedValues(textOf(element, name) ?? "")) ?? [];
  }
  for (const [name, value] of named(naAttr)) {
    setAttribute(start, { name: name.toLowerCase(), value, tag: tag.name, depth, isFill: false });
  }
  const classes = named(naClass);
  if (classes.length > 0) bindClasses(tag.attributes, { start, classes, depth });
  const show = textOf(element, naShow);
  const reading = show === undefined ? undefined : readingOfText(show, depth);
  if (!reading) return;
  const hidden = start.slot("hidden");
  const isHidden = tag.attributes.some(({ name }) => name === "hidden");
  start.write((slots, frame) => {
    if (!reading.isKnown(frame)) return;
    const isShown = isTrue(reading.read(frame));
    if (isShown) slots[hidden] = null;
    else if (!isHidden) slots[hidden] = "";
  });
}

function setAttribute(
  start: StartTag,
  { name, value, tag, depth, isFill }: {
    readonly name: string;
    readonly value: Value;
    readonly tag: string;
    readonly depth: number;
    readonly isFill: boolean;
  },
): void {
  const reading = readingOf(value, depth);
  const isAllowed = isAttributeName(name) && isSettable(name) && isBindable(tag) && name !== ngBind;
  if (!reading || !isAllowed) return;
  const slot = start.slot(name);
  const isChecked = isAddress(name);
  function write(slots: (string | null | undefined)[], frame: Frame): void {
    if (!reading!.isKnown(frame)) return;
    const text = attributeText(name, reading!.read(frame));
    const isUnsafe = isChecked && text !== null &&
      !isSafeAnywhere(name, text, { tag, origin: frame.painter.origin });
    slots[slot] = isUnsafe ? null : text;
  }
  if (isFill) start.fill(write);
  else start.write(write);
}

function bindClasses(
  attributes: PageElement["tag"]["attributes"],
  { start, classes, depth }: {
    readonly start: StartTag;
    readonly classes: readonly (readonly [string, Value])[];
    readonly depth: number;
  },
): void {
  const slot = start.slot("class");
  const written = unescapeHtml(attributes.find(({ name }) => name === "class")?.source ?? "");
  const writtenTokens = tokensOf(written);
  const toggled = classes.flatMap(([names, value]) => {
    const reading = readingOf(value, depth);
    return reading ? [{ names: names.split(/\s+/), reading }] : [];
  });
  start.write((slots, frame) => {
    const before = slots[slot];
    const tokens = before === undefined ? [...writtenTokens] : tokensOf(before ?? written);
    let isChanged = false;
    for (const { names, reading } of toggled) {
      if (!reading.isKnown(frame)) continue;
      const isOn = isTrue(reading.read(frame));
      for (const name of names) {
        const index = tokens.indexOf(name);
        if (index >= 0 === isOn) continue;
        isChanged = true;
        if (isOn) tokens.push(name);
        else tokens.splice(index, 1);
      }
    }
    if (isChanged) slots[slot] = tokens.join(" ");
  });
}

function tokensOf(text: string): string[] {
  return [...new Set(text.split(/\s+/).filter((token) => token !== ""))];
}

/**
 * Returns whether an attribute may have this text, whichever protocol the browser sees: behind a proxy it is another than
 * the server does, and `https:x` is relative on pages of its own protocol only.
 */
function isSafeAnywhere(name: string, text: string, place: Place): boolean {
  const [secure, plain] = ["https:", "http:"].map((protocol) => {
    const origin = place.origin.replace(/^https?:/, protocol);
    return isSafe(name, text, { ...place, origin });
  });
  // An address with a protocol and a host of its own is the same on both.
  const isAbsolute = /^https?:\/\//.test(text);
  return secure && plain || isAbsolute && isSafe(name, text, place);
}
