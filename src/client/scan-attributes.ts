import {
  fillable,
  isAttributeName,
  isBindable,
  isFillable,
  isSettable,
} from "../page/attribute.ts";
import {
  naAttr,
  naBind,
  naClass,
  naClick,
  naConfirm,
  naIf,
  naInstance,
  naOn,
  naOptimistic,
  naScope,
  naShow,
  naType,
  otherName,
} from "../page/attributes.ts";
import type { Level } from "../page/evaluate.ts";
import { fail } from "../page/expression.ts";
import { parseFill, parseNamedValues, type Value } from "../page/value.ts";
import { bindAttribute, bindClasses, type Binding, binding, bindVisibility } from "./bindings.ts";
import { attribute, call, get, tag } from "./dom.ts";
import { keepPainted } from "./painted.ts";
import { readingOf, remembering } from "./reading.ts";
import { attempt, reportUnsafe, type ScanOptions, valueOf } from "./scan-options.ts";

/** Attributes that say themselves what they show. */
const reading: readonly string[] = [naAttr, naBind, naClass, naConfirm, naIf, naShow];

/** Attributes that name the instance of a scope. */
const scoping: readonly string[] = [
  naScope,
  naInstance,
  otherName(naScope)!,
  otherName(naInstance)!,
];

const fillOf = remembering(parseFill);
const namedValuesOf = remembering(parseNamedValues);

/** Adds the bindings of the attributes of a row that have values in braces. */
export function addFilled(
  element: Element,
  options: ScanOptions & {
    /** The part of the template that the element was made of. */
    readonly pattern: Element;
  },
  found: Binding[],
): void {
  for (const { name, value } of [...get(options.pattern, "attributes")]) {
    if (!value.includes("{{") || isRead(name)) continue;
    // The type is the author's; the id may come from a state.
    if (scoping.includes(name) && (/^[^{]*:/.test(value) || attribute(element, naType))) {
      attempt(options, () => found.push(bindScope(element, name, value, options)));
      continue;
    }
    if (isFillable(name)) {
      attempt(
        options,
        () => addAttribute(element, options, { found, name, text: value, value: valueOf(value) }),
      );
    } else {
      options.report("unfilled", name, value, fillable.join(", "));
    }
  }
}

function bindScope(element: Element, name: string, text: string, options: ScanOptions): Binding {
  const reading = readingOf(valueOf(text), text, options);
  return binding(element, reading, (level) => {
    const id = String(reading.read(level));
    if (call(element, "getAttribute", name) !== id) call(element, "setAttribute", name, id);
  });
}

/** Returns whether an attribute may have braces that are read by the client itself. */
function isRead(name: string): boolean {
  return reading.some((each) => name === each || name === otherName(each));
}

/** Adds what the attributes of an element show, but for what it holds. */
export function addBound(element: Element, options: ScanOptions, found: Binding[]): void {
  function add(name: string, read: (text: string) => void): void {
    const text = attribute(element, name);
    if (text !== null) attempt(options, () => read(text));
  }
  add(naAttr, (text) => {
    for (const [name, value] of namedValuesOf(text)) {
      addAttribute(element, options, { found, name, text, value });
    }
  });
  // After the attributes, of which one may be `class`.
  add(naClass, (text) => {
    for (const [names, value] of namedValuesOf(text)) {
      found.push(bindClasses(element, readingOf(value, text, options), names));
    }
  });
  add(naOptimistic, () => options.guesses.load());
  // Or else Enter, in a form around it, would press it.
  add(naClick, () => {
    const isPlain = ["type", "form"].every((name) => attribute(element, name) === null);
    if (isPlain && tag(element) === "button") call(element, "setAttribute", "type", "button");
  });
  add(naOn, (text) => options.hear(element, text));
  add(naConfirm, (text) => {
    const reading = readingOf(fillOf(text), text, options);
    const show = (level: Level) => void options.questions.set(element, String(reading.read(level)));
    found.push(binding(element, reading, show));
  });
  add(naShow, (text) => {
    found.push(bindVisibility(element, readingOf(valueOf(text), text, options)));
  });
}

function addAttribute(
  element: Element,
  options: ScanOptions,
  { found, name, text, value }: {
    readonly found: Binding[];
    readonly name: string;
    readonly text: string;
    readonly value: Value;
  },
): void {
  const place = { tag: tag(element), origin };
  if (!isAttributeName(name)) fail("no-attribute", text, name);
  if (!isSettable(name) || !isBindable(place.tag)) return reportUnsafe(name, place.tag, options);
  const shown = bindAttribute(element, readingOf(value, text, options), {
    name,
    place,
    refuse: () => options.report("unsafe-address", name, place.tag, text),
  });
  found.push(options.isPainted ? keepPainted(shown, value) : shown);
}
