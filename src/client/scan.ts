import {
  having,
  isOtherName,
  naBind,
  naEach,
  naKey,
  naKeyVal,
  naSubmit,
  ngBind,
} from "../page/attributes.ts";
import { toText } from "../page/evaluate.ts";
import { bindAttribute, type Binding, bindText, showIn } from "./bindings.ts";
import { type Control, isButton, isControl } from "./controls.ts";
import { all, attribute, call, closest, get, matches, tag } from "./dom.ts";
import type { Drafts } from "./drafts.ts";
import { parsePath, type PropertyPath } from "./path.ts";
import { type Row, Rows } from "./rows.ts";
import { isScope } from "./scope-elements.ts";

/** Options of {@link scan}. */
export interface ScanOptions {
  readonly drafts: Drafts;
  /** The elements that are bound already, including rows. */
  readonly seen: WeakSet<Element>;
  /** Reports a mistake in the page to its author, each one once. */
  readonly report: (problem: string) => void;
}

/** Attributes that cannot run code or load anything, and that this library does not read. */
const harmless: readonly string[] = ["id", "for", "title", "class", "alt", "name", "value"];
const harmlessPrefix = /^(?:data|aria)-./;

const eachSelector = `template${having(naEach)}`;

/** Returns the bindings of all new elements at and below an element, up to the scopes inside it. */
export function scan(element: Element, options: ScanOptions, inRow = false): readonly Binding[] {
  const found: Binding[] = [];
  if (!options.seen.has(element)) {
    options.seen.add(element);
    reportMisplaced(element, options);
    if (inRow) found.push(...attributeBindings(element, options));
    const binding = bindingOf(element, options);
    if (binding) found.push(binding);
  }
  for (const child of [...get(element, "children")]) {
    if (isScope(child) || isRow(child)) continue;
    found.push(...scan(child, options, inRow));
  }
  return found;
}

/** Returns whether an element is a row, of this connection or an earlier one. */
function isRow(element: Element): boolean {
  return attribute(element, naKeyVal) !== null;
}

/** Reports attributes on elements where they would silently do nothing. */
function reportMisplaced(element: Element, { report }: ScanOptions): void {
  for (const [name, owner] of [[naEach, "template"], [naSubmit, "form"]] as const) {
    if (tag(element) === owner || attribute(element, name) === null) continue;
    report(`Cannot use ${name} on a <${tag(element)}>: write it on a <${owner}>`);
  }
}

function bindingOf(element: Element, options: ScanOptions): Binding | undefined {
  if (isEach(element)) return rowsOf(element, options);
  if (isControl(element)) {
    const path = controlPath(element);
    return path && { element, path, show: (value) => options.drafts.show(element, value) };
  }
  const expression = attribute(element, naBind);
  // The container of a list may name the list, and shows it as rows.
  if (expression === null || all(element, eachSelector)[0]) return undefined;
  return bindText(element, parsePath(expression));
}

function controlPath(control: Control): PropertyPath | undefined {
  const expression = attribute(control, ngBind) ?? attribute(control, naBind);
  if (expression !== null) return parsePath(expression);
  return control.name !== "" && !isButton(control) ? control.name.split(".") : undefined;
}

function* attributeBindings(element: Element, { report }: ScanOptions): Iterable<Binding> {
  for (const filled of [...get(element, "attributes")]) {
    const { name, value } = filled;
    if (!value.includes("{{")) continue;
    if (harmless.includes(name) || harmlessPrefix.test(name) && !isOtherName(name)) {
      yield bindAttribute(element, filled);
    } else {
      report(
        `Cannot fill in ${name}="${value}": {{…}} works only in data-*, aria-*, ${
          harmless.join(", ")
        }`,
      );
    }
  }
}

function isEach(element: Element): element is HTMLTemplateElement {
  return matches(element, eachSelector);
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
  const parent = get(template, "parentElement");
  for (const left of parent ? [...get(parent, "children")] : []) {
    if (isRow(left) && !options.seen.has(left)) call(left, "remove");
  }
  const select = closest(template, "select") as HTMLSelectElement | null;
  return new Rows(template, {
    path: parsePath(expression),
    key: key ? parsePath(key) : undefined,
    create: (key) => createRow(template, key, options),
    // A <select> can show its value only once it has the options.
    shown: () => select && options.drafts.refill(select),
  });
}

function createRow(template: HTMLTemplateElement, key: unknown, options: ScanOptions): Row {
  const content = call(get(template, "ownerDocument"), "importNode", template.content, true);
  const elements = [...get(content as DocumentFragment, "children")];
  const bindings: Binding[] = [];
  for (const element of elements) {
    if (!isScope(element)) bindings.push(...scan(element, options, true));
    options.seen.add(element);
    call(element, "setAttribute", naKeyVal, toText(key));
  }
  return { elements, show: (item) => showIn(bindings, item) };
}
