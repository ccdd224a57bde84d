import {
  attributeText,
  isAttributeName,
  isBindable,
  isSafe,
  isSettable,
} from "../page/attribute.ts";
import {
  isOtherName,
  naAttr,
  naBind,
  naClass,
  naConfirm,
  naIf,
  naInstance,
  naScope,
  naShow,
  naType,
  otherName,
} from "../page/attributes.ts";
import { isTrue } from "../page/evaluate.ts";
import { fail } from "../page/expression.ts";
import { parseNamedValues, parseValue, type Value } from "../page/value.ts";
import { decode } from "./markup/decode.ts";
import type { MarkupElement } from "./markup/element.ts";
import { attempt, attributeOf, type Source, type Surroundings, textOf } from "./place.ts";
import { type Reading, readingOf } from "./reading.ts";
import type { StartTag, TagContext } from "./start-tag.ts";

/** Attributes of rows that are filled in where they stand. */
const harmless: readonly string[] = ["id", "for", "title", "class", "alt", "name", "value"];
const harmlessPrefix = /^(?:data|aria)-./;

/** Attributes that say themselves what they show. */
const readThemselves: ReadonlySet<string> = bothNames(
  naAttr,
  naBind,
  naClass,
  naConfirm,
  naIf,
  naShow,
);

/** Attributes that name the instance of a scope. */
export const scoping: ReadonlySet<string> = bothNames(naScope, naInstance);

function bothNames(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => [name, otherName(name)!]));
}

/** Has the attributes of a row written that have values in braces. */
export function addFilled(
  source: Source,
  element: MarkupElement,
  { tag, around }: { readonly tag: StartTag; readonly around: Surroundings },
): void {
  for (const { name, valueStart, valueEnd } of element.attributes) {
    const text = decode(source.html.slice(valueStart, valueEnd));
    if (!text.includes("{{") || readThemselves.has(name)) continue;
    if (scoping.has(name) && (/^[^{]*:/.test(text) || attributeOf(element, naType))) continue;
    if (!harmless.includes(name) && !(harmlessPrefix.test(name) && !isOtherName(name))) {
      source.report("unfilled", name, text, harmless.join(", "));
      continue;
    }
    attempt(source, () => {
      const value = parseValue(text);
      addAttribute(source, element, { tag, around, name, text, value, isFilled: true });
    });
  }
}

/** Has the attributes of an element written that show something, but for what it holds. */
export function addBound(
  source: Source,
  element: MarkupElement,
  { tag, around }: { readonly tag: StartTag; readonly around: Surroundings },
): void {
  const { depth, isScoped } = around;
  if (around.isSilent) return;
  function add(name: string, read: (text: string) => void): void {
    const text = textOf(source, element, name);
    if (text !== undefined) attempt(source, () => read(text));
  }
  function whether(value: Value, text: string): Reading | undefined {
    const reading = readingOf(value, text, depth);
    return isScoped || reading.isLocal ? reading : undefined;
  }
  add(naAttr, (text) => {
    for (const [name, value] of parseNamedValues(text)) {
      addAttribute(source, element, { tag, around, name, text, value, isFilled: false });
    }
  });
  add(naClass, (text) => {
    for (const [names, value] of parseNamedValues(text)) {
      const reading = whether(value, text);
      if (!reading) continue;
      const classes = names.split(/\s+/);
      tag.add(
        "class",
        (before, { level, painting }) =>
          withClasses(before, classes, isTrue(reading.read(level, painting))),
      );
    }
  });
  add(naShow, (text) => {
    const reading = whether(parseValue(text), text);
    if (!reading) return;
    tag.add(
      "hidden",
      (before, { level, painting }) =>
        isTrue(reading.read(level, painting)) ? undefined : before ?? "",
    );
  });
}

interface AttributeOptions {
  readonly tag: StartTag;
  readonly around: Surroundings;
  readonly name: string;
  readonly text: string;
  readonly value: Value;
  /** Whether it stands in braces, which are read outside of a scope. */
  readonly isFilled: boolean;
}

function addAttribute(
  source: Source,
  { name: element }: MarkupElement,
  { tag, around, name, text, value, isFilled }: AttributeOptions,
): void {
  if (!isAttributeName(name)) fail("no-attribute", text, name);
  if (!isSettable(name) || !isBindable(element)) return source.report("unsafe", name, element);
  const reading = readingOf(value, text, around.depth);
  if (!around.isScoped && !reading.isLocal) return;
  tag.add(name, (_, { level, outer, painting }: TagContext) => {
    const shown = attributeText(name, reading.read(isFilled ? outer : level, painting));
    if (shown === null) return undefined;
    if (isSafeAnywhere(name, shown, element)) return shown;
    painting.report("unsafe-address", name, element, text);
    return undefined;
  });
}

/** Returns whether an attribute may have this text on pages of either protocol, wherever they are from. */
function isSafeAnywhere(name: string, text: string, tag: string): boolean {
  return ["https://a.invalid", "http://a.invalid"].every((origin) =>
    isSafe(name, text, { tag, origin })
  );
}

/** Returns the classes of an element, as `classList.toggle` leaves them. */
function withClasses(
  before: string | undefined,
  names: readonly string[],
  isOn: boolean,
): string | undefined {
  const classes = new Set((before ?? "").split(/[\t\n\f\r ]+/).filter((name) => name !== ""));
  for (const name of names) {
    if (isOn) classes.add(name);
    else classes.delete(name);
  }
  return before === undefined && classes.size === 0 ? undefined : [...classes].join(" ");
}
