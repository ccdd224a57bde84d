import { isAttributeName, isBindable, isSettable } from "../page/attribute.ts";
import {
  having,
  isOtherName,
  naAttr,
  naBind,
  naClass,
  naConfirm,
  naEach,
  naIf,
  naIfRow,
  naKey,
  naKeyVal,
  naOn,
  naShow,
  naSubmit,
  ngBind,
  otherName,
} from "../page/attributes.ts";
import { type Level, toText } from "../page/evaluate.ts";
import { ExpressionError, fail, type Path } from "../page/expression.ts";
import { parseFill, parseNamedValues, parseValue, type Value } from "../page/value.ts";
import {
  bindAttribute,
  bindClasses,
  type Binding,
  binding,
  bindText,
  bindVisibility,
  showIn,
} from "./bindings.ts";
import { bindCondition } from "./condition.ts";
import { type Control, isButton, isControl } from "./controls.ts";
import { all, attribute, call, closest, get, matches, tag } from "./dom.ts";
import type { Drafts } from "./drafts.ts";
import { withoutHint } from "./payload.ts";
import { type Reading, readingAt, readingOf, type ReadingOptions, remembering } from "./reading.ts";
import { type Row, Rows } from "./rows.ts";
import { isScope } from "./scope-elements.ts";

/** Options of {@link scan} that are the same in the whole page. */
export interface PageScanOptions extends Pick<ReadingOptions, "formatting"> {
  /** Reports a mistake in the page to its author, each one once. */
  readonly report: (problem: string) => void;
  readonly drafts: Drafts;
  /** Listens at an element for what its `na-on` says. */
  readonly hear: (element: Element, text: string) => void;
  /** What to ask before an event of an element is sent. */
  readonly questions: WeakMap<Element, string>;
}

/** Options of {@link scan}. */
export interface ScanOptions extends PageScanOptions, ReadingOptions {
  /** The elements that are bound already, including rows. */
  readonly seen: WeakSet<Element>;
}

/** Attributes of rows that are filled in where they stand. Until then, the browser sees what is in the markup. */
const harmless: readonly string[] = ["id", "for", "title", "class", "alt", "name", "value"];
const harmlessPrefix = /^(?:data|aria)-./;

/** Attributes that say themselves what they show. */
const reading: readonly string[] = [naAttr, naBind, naClass, naConfirm, naIf, naShow];

const eachSelector = `template${having(naEach)}`;

const ifSelector = `template${having(naIf)}`;

const valueOf = remembering(parseValue);
const fillOf = remembering(parseFill);
const namedValuesOf = remembering(parseNamedValues);

/** Returns the bindings of all new elements at and below an element, up to the scopes inside it. */
export function scan(element: Element, options: ScanOptions, inRow = false): readonly Binding[] {
  const found: Binding[] = [];
  if (!options.seen.has(element)) {
    options.seen.add(element);
    if (inRow) addFilled(element, options, found);
    addBound(element, options, found);
  }
  for (const child of [...get(element, "children")]) {
    if (isScope(child) || isRow(child)) continue;
    found.push(...scan(child, options, inRow));
  }
  return found;
}

/** Returns whether an element is a row, of this connection or an earlier one. */
function isRow(element: Element): boolean {
  return (attribute(element, naKeyVal) ?? attribute(element, naIfRow)) !== null;
}

/** Reports attributes on elements where they would silently do nothing. */
function reportMisplaced(element: Element, { report }: ScanOptions): void {
  for (
    const [name, owner] of [
      [naEach, "template"],
      [naIf, "template"],
      [naSubmit, "form"],
    ] as const
  ) {
    if (tag(element) === owner || attribute(element, name) === null) continue;
    report(`Cannot use ${name} on a <${tag(element)}>: write it on a <${owner}>`);
  }
}

/** Adds the bindings of the attributes of a row that have values in braces. */
function addFilled(element: Element, options: ScanOptions, found: Binding[]): void {
  for (const { name, value } of [...get(element, "attributes")]) {
    if (!value.includes("{{") || isRead(name)) continue;
    if (harmless.includes(name) || harmlessPrefix.test(name) && !isOtherName(name)) {
      attempt(
        options,
        () => addAttribute(element, options, { found, name, text: value, value: valueOf(value) }),
      );
    } else {
      options.report(
        `Cannot fill in ${name}="${value}": {{…}} works only in data-*, aria-*, ${
          harmless.join(", ")
        } and ${naAttr}`,
      );
    }
  }
}

/** Returns whether an attribute may have braces that are read by the client itself. */
function isRead(name: string): boolean {
  return reading.some((each) => name === each || name === otherName(each));
}

/** Adds what the attributes of an element show. */
function addBound(element: Element, options: ScanOptions, found: Binding[]): void {
  reportMisplaced(element, options);
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
  add(naOn, (text) => options.hear(element, text));
  add(naConfirm, (text) => {
    const reading = readingOf(fillOf(text), text, options);
    const show = (level: Level) => void options.questions.set(element, String(reading.read(level)));
    found.push(binding(element, reading, show));
  });
  add(naShow, (text) => {
    found.push(bindVisibility(element, readingOf(valueOf(text), text, options)));
  });
  attempt(options, () => {
    const main = bindingOf(element, options);
    if (main) found.push(main);
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
  if (!isAttributeName(name)) fail(text, `"${name}" is no attribute`);
  if (!isSettable(name) || !isBindable(place.tag)) return reportUnsafe(name, place.tag, options);
  found.push(bindAttribute(element, readingOf(value, text, options), {
    name,
    place,
    refuse: () =>
      options.report(
        `Cannot set ${name} on <${place.tag}> to the value of "${text}": it is no address that is safe there; ` +
          "use a relative one, or http, https, mailto or tel",
      ),
  }));
}

function reportUnsafe(name: string, element: string, { report }: ScanOptions): void {
  report(
    `Cannot bind ${name} on <${element}>: it could run or load something; bind another attribute`,
  );
}

/** Reports what is wrong with an attribute, and goes on without it. */
function attempt({ report }: ScanOptions, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    report(error.message);
  }
}

function bindingOf(element: Element, options: ScanOptions): Binding | undefined {
  const isEach = matches(element, eachSelector);
  const isIf = matches(element, ifSelector);
  if (isIf && isEach) {
    options.report(`Cannot use ${naIf} beside ${naEach}: write one <template> inside the other`);
  }
  if (isEach) return rowsOf(element as HTMLTemplateElement, options);
  if (isIf) return conditionOf(element as HTMLTemplateElement, options);
  if (isControl(element)) {
    const reading = controlReading(element, options);
    return reading &&
      binding(element, reading, (level) => options.drafts.show(element, reading.read(level)));
  }
  const text = attribute(element, naBind);
  // The container of a list may name the list, and shows it as rows.
  if (text === null || all(element, eachSelector)[0]) return undefined;
  if (isBindable(tag(element))) return bindText(element, readingOfText(text, options));
  reportUnsafe("the text", tag(element), options);
  return undefined;
}

function controlReading(control: Control, options: ScanOptions): Reading | undefined {
  const old = attribute(control, ngBind);
  const text = old === null ? attribute(control, naBind) : null;
  if (text !== null) return readingOfText(text, options);
  const name = old === null ? control.name : withoutHint(old);
  if (name === "" || old === null && isButton(control)) return undefined;
  return readingAt({ up: 0, isLocal: false, names: name.split(".") }, name, options);
}

function readingOfText(text: string, options: ScanOptions): Reading {
  return readingOf(valueOf(text || "."), text, options);
}

function rowsOf(template: HTMLTemplateElement, options: ScanOptions): Rows {
  const expression = attribute(template, naEach) ?? "";
  const key = attribute(template, naKey);
  if (!key) {
    options.report(
      `Cannot match the rows of ${naEach}="${expression}" by key: it has no ${naKey}; name the property ` +
        "that identifies an item",
    );
  }
  const path = pathOf(expression);
  const rows = new Rows(template, {
    path,
    reading: readingAt(path, expression, options),
    key: key ? pathOf(key) : undefined,
    create: (key) => createRow(template, inner, [naKeyVal, toText(key)]),
    shown: whenShown(template, options),
    formatting: options.formatting,
  });
  const inner: ScanOptions = {
    ...options,
    depth: options.depth + 1,
    lookOut() {
      rows.looksOut = true;
      options.lookOut();
    },
  };
  return rows;
}

function conditionOf(template: HTMLTemplateElement, options: ScanOptions): Binding {
  const text = attribute(template, naIf) ?? "";
  const create = () => createRow(template, options, [naIfRow, ""]);
  return bindCondition(template, readingOf(valueOf(text), text, options), {
    create,
    shown: whenShown(template, options),
  });
}

/** Removes what an earlier connection has left beside a template, and returns what to do once its rows are right. */
function whenShown(template: HTMLTemplateElement, { drafts, seen }: ScanOptions): () => void {
  const parent = get(template, "parentElement");
  for (const left of parent ? [...get(parent, "children")] : []) {
    if (isRow(left) && !seen.has(left)) call(left, "remove");
  }
  const select = closest(template, "select") as HTMLSelectElement | null;
  // A <select> can show its value only once it has the options.
  return () => select && drafts.refill(select);
}

function createRow(
  template: HTMLTemplateElement,
  options: ScanOptions,
  [name, value]: readonly [name: string, value: string],
): Row {
  const content = call(get(template, "ownerDocument"), "importNode", template.content, true);
  const elements = [...get(content as DocumentFragment, "children")];
  const bindings: Binding[] = [];
  for (const element of elements) {
    if (!isScope(element)) bindings.push(...scan(element, options, true));
    options.seen.add(element);
    call(element, "setAttribute", name, value);
  }
  const templates = bindings.filter(({ element }) =>
    elements.includes(element) && tag(element) === "template"
  );
  return {
    // Rows of a template that is not inside of an element come, move and go with it.
    get elements() {
      if (templates.length === 0) return elements;
      return elements.flatMap((element) => [
        ...templates.flatMap((each) => each.element === element ? each.placed() : []),
        element,
      ]);
    },
    show: (level, change) => showIn(bindings, level, change),
  };
}

/** Reads an expression that is a path only. */
function pathOf(text: string): Path {
  const value = valueOf(text || ".");
  if (!value.path || value.isNegated || value.comparison || value.formats[0]) {
    fail(text, "it is more than a path");
  }
  return value.path;
}
