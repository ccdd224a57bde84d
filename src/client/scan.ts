import { isBindable } from "../page/attribute.ts";
import {
  having,
  naBind,
  naEach,
  naIf,
  naIfRow,
  naIgnore,
  naKey,
  naKeyVal,
  naSubmit,
  ngBind,
} from "../page/attributes.ts";
import { toText } from "../page/evaluate.ts";
import type { Path } from "../page/expression.ts";
import { pathIn, withoutHint } from "../page/value.ts";
import { bindAttribute, type Binding, binding, bindText, showIn } from "./bindings.ts";
import { bindCondition } from "./condition.ts";
import { type Control, isBoundByName, isControl } from "./controls.ts";
import { all, attribute, call, closest, get, matches, tag } from "./dom.ts";
import { keepPainted } from "./painted.ts";
import { repeated } from "./payload.ts";
import { type Reading, readingAt, readingOf } from "./reading.ts";
import { leftRows, partsOf } from "./row-parts.ts";
import { type LeftRow, type Row, Rows } from "./rows.ts";
import { addBound, addFilled } from "./scan-attributes.ts";
import { attempt, reportUnsafe, type ScanOptions, valueOf } from "./scan-options.ts";
import { findScopes, isScope } from "./scope-elements.ts";

const eachSelector = `template${having(naEach)}`;

const ifSelector = `template${having(naIf)}`;

/**
 * Returns the bindings of all new elements at and below an element, up to the scopes inside it. In a row, `pattern` is
 * the part of the template that the element was made of; what is to be filled in is read there.
 *
 * @throws {Error} if the element does not have what the pattern has
 */
export function scan(element: Element, given: ScanOptions, pattern?: Element): readonly Binding[] {
  const found: Binding[] = [];
  if (attribute(element, naIgnore) !== null) return found;
  const options = formOptions(element, given);
  if (!options.seen.has(element)) {
    options.seen.add(element);
    if (pattern) {
      if (isControl(element) && !attribute(pattern, "name")?.includes("{{")) repeated.add(element);
      addFilled(element, { ...options, pattern }, found);
    }
    reportMisplaced(element, options);
    addBound(element, options, found);
    attempt(options, () => {
      const held = bindingOf(element, options);
      if (held) found.push(held);
    });
  }
  for (const [child, childPattern] of partsOf(element, pattern)) {
    if (!isScope(child)) found.push(...scan(child, options, childPattern));
    else if (childPattern) addFilled(child, { ...options, pattern: childPattern }, found);
  }
  return found;
}

/** Returns the options for what is in an element: a form may say what its named controls show. */
function formOptions(element: Element, options: ScanOptions): ScanOptions {
  const text = tag(element) === "form" ? attribute(element, naBind) : null;
  if (text === null) return options;
  let form: ScanOptions["form"];
  attempt(options, () => form = { path: pathOf(text), depth: options.depth });
  return { ...options, form };
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
    report("misplaced", name, tag(element), owner);
  }
}

/** Returns what an element holds: its text, its rows, or the value of a control. */
function bindingOf(element: Element, options: ScanOptions): Binding | undefined {
  const isEach = matches(element, eachSelector);
  const isIf = matches(element, ifSelector);
  if (isIf && isEach) options.report("two-in-one");
  if (isEach) return holding(rowsOf(element as HTMLTemplateElement, options), options);
  if (isIf) return holding(conditionOf(element as HTMLTemplateElement, options), options);
  if (isControl(element)) {
    const reading = controlReading(element, options);
    return reading &&
      binding(element, reading, (level) => options.drafts.show(element, reading.read(level)));
  }
  const text = attribute(element, naBind);
  // The container of a list may name the list, and shows it as rows.
  if (text === null || tag(element) === "form" || all(element, eachSelector)[0]) return undefined;
  const reading = () => readingOfText(text, options);
  if (matches(element, "progress,meter")) {
    const place = { tag: tag(element), origin };
    return bindAttribute(element, reading(), { name: "value", place, refuse() {} });
  }
  if (isBindable(tag(element))) {
    const shown = bindText(element, reading());
    return options.isPainted ? keepPainted(shown, valueOf(text || ".")) : shown;
  }
  reportUnsafe("the text", tag(element), options);
  return undefined;
}

function controlReading(control: Control, options: ScanOptions): Reading | undefined {
  const old = attribute(control, ngBind);
  const text = old === null ? attribute(control, naBind) : null;
  if (text !== null) return readingOfText(text, options);
  const { depth, form, names: isNamed } = options;
  const whole: Path = { up: 0, isLocal: false, names: [] };
  const base = old !== null || !form && isNamed ? { path: whole, depth } : form;
  if (!base || old === null && !isBoundByName(control)) return undefined;
  const name = old === null ? control.name : withoutHint(old);
  const { up, isLocal, names } = base.path;
  const path = { up: up + depth - base.depth, isLocal, names: [...names, ...name.split(".")] };
  return readingAt(path, name, options);
}

function readingOfText(text: string, options: ScanOptions): Reading {
  return readingOf(valueOf(text || "."), text, options);
}

function rowsOf(template: HTMLTemplateElement, options: ScanOptions): Rows {
  const expression = attribute(template, naEach) ?? "";
  const key = attribute(template, naKey);
  if (!key) options.report("keyless", expression);
  const path = pathOf(expression);
  const rows = new Rows(template, {
    path,
    reading: readingAt(path, expression, options),
    key: key ? pathOf(key) : undefined,
    create: (key) => createRow(template, inner, [naKeyVal, toText(key)]),
    takeOver: () => takeOver(template, inner, naKeyVal),
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
    takeOver: () => takeOver(template, options, naIfRow),
  });
}

/** Returns the rows that the server, or an earlier connection, has left before a template, and removes all others. */
function takeOver(
  template: HTMLTemplateElement,
  options: ScanOptions,
  mark: string,
): readonly LeftRow[] {
  const found: LeftRow[] = [];
  const patterns = [...get(template.content, "children")];
  for (const elements of leftRows(template, options.seen, patterns.length)) {
    const key = attribute(elements[0]!, mark);
    try {
      if (key === null) throw new Error("It is of another template");
      found.push({ key, row: bindRow(elements, options, patterns) });
    } catch {
      for (const element of elements) call(element, "remove");
    }
  }
  return found;
}

/**
 * Lets a `<select>` keep what it shows while what is in it changes, since its value needs its options, and says when
 * there may be other scopes.
 */
function holding(held: Binding, { drafts, moved }: ScanOptions): Binding {
  const select = closest(held.element, "select") as HTMLSelectElement | null;
  const { content } = held.element as HTMLTemplateElement;
  const hasScopes = findScopes(content).length > 0;
  if (!select && !hasScopes) return held;
  const show = held.show.bind(held);
  held.show = (level, change) => {
    const settle = select && drafts.hold(select);
    show(level, change);
    settle?.();
    if (hasScopes) moved();
  };
  return held;
}

function createRow(
  template: HTMLTemplateElement,
  options: ScanOptions,
  [name, value]: readonly [name: string, value: string],
): Row {
  const content = call(get(template, "ownerDocument"), "importNode", template.content, true);
  const elements = [...get(content as DocumentFragment, "children")];
  const row = bindRow(elements, { ...options, isPainted: false }, elements);
  for (const element of elements) call(element, "setAttribute", name, value);
  return row;
}

/** @throws {Error} if the elements do not have what the patterns have */
function bindRow(
  elements: readonly Element[],
  options: ScanOptions,
  patterns: readonly Element[],
): Row {
  const bindings: Binding[] = [];
  for (const [index, element] of elements.entries()) {
    const pattern = patterns[index]!;
    if (!isScope(element)) bindings.push(...scan(element, options, pattern));
    else addFilled(element, { ...options, pattern }, bindings);
    options.seen.add(element);
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
export function pathOf(text: string): Path {
  return pathIn(valueOf(text || "."), text);
}
