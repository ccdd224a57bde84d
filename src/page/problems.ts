/**
 * What is wrong with a page, in words for its author. Nothing of it is needed while a page is right, so the client loads
 * it with the first mistake.
 *
 * @module
 */
import { naAttr, naBind, naEach, naIf, naKey, naScope, naType } from "./attributes.ts";

/** A mistake in a page. Its parts, such as the attribute that has it, are in {@link textOf}. */
export type Problem =
  | "early"
  | "unexpected"
  | "unclosed"
  | "nameless"
  | "outward"
  | "no-path"
  | "no-attribute"
  | "misplaced"
  | "two-in-one"
  | "keyless"
  | "unfilled"
  | "unsafe"
  | "unsafe-address"
  | "no-format"
  | "format-failed"
  | "no-address"
  | "no-scope"
  | "confirm-failed"
  | "no-guess"
  | "no-collection"
  | "no-store"
  | "not-mirrored"
  | "outside"
  | "unknown"
  | "braces"
  | "first-nasc";

const texts: Readonly<Record<Problem, (...parts: string[]) => string>> = {
  "early": (text) => cannotRead(text, "it ends too early"),
  "unexpected": (text, rest) => cannotRead(text, `"${shorten(rest!)}" is not expected`),
  "unclosed": (text) => cannotRead(text, "{{ is not closed"),
  "nameless": (text) => cannotRead(text, "it has no name and colon before it"),
  "outward": (text) => cannotRead(text, "it leaves more rows than it is in"),
  "no-path": (text) => cannotRead(text, "it is more than a path"),
  "no-attribute": (text, name) => cannotRead(text, `"${name}" is no attribute`),
  "misplaced": (name, tag, right) => `Cannot use ${name} on a <${tag}>: write it on a <${right}>`,
  "two-in-one": () => `Cannot use ${naIf} beside ${naEach}: write one <template> inside the other`,
  "keyless": (list) =>
    `Cannot match the rows of ${naEach}="${list}" by key: it has no ${naKey}; name the property that ` +
    "identifies an item",
  "unfilled": (name, value, places) =>
    `Cannot fill in ${name}="${value}": {{…}} works only in data-*, aria-*, ${places} and ${naAttr}`,
  "unsafe": (name, tag) =>
    `Cannot bind ${name} on <${tag}>: it could run or load something; bind another attribute`,
  "unsafe-address": (name, tag, text) =>
    `Cannot set ${name} on <${tag}> to the value of "${text}": it is no address that is safe there; ` +
    "use a relative one, or http, https, mailto or tel",
  "no-format": (text, name) =>
    `Cannot show "${text}": there is no format "${name}"; pass it in formats`,
  "format-failed": (text, name, error) => `Cannot show "${text}": ${error}; see to ${name}`,
  "no-address": (name) =>
    `Cannot connect the scope "${name}": it needs a type and an id; write ${naScope}="id" ${naType}="Type"`,
  "no-scope": (event) =>
    `Cannot send ${event}: it is not inside a connected ${naScope}; call refresh()`,
  "confirm-failed": (question, error) =>
    `Cannot ask "${question}": ${error}; let confirm return false to send nothing`,
  "no-guess": (text) =>
    `Cannot guess by "${text}": write such as toggle done, set title {title}, add votes 1 or append items; in a row ` +
    `of a ${naEach} with ${naKey}, also remove, move up or move down`,
  "no-collection": (type) =>
    `Cannot mirror ${type}: into has no collection of that name; create the store with one`,
  "no-store": () =>
    "Cannot mirror the page: into is no store; pass what createStore of Ramify returns",
  "not-mirrored": (type, id, error) =>
    `Cannot mirror ${type}/${id}, which is left out: ${error}; see to the schema of ${type}`,
  "outside": (name, value) =>
    `Cannot show ${name}="${value}": it is outside of any scope; put it into an element with ${naScope}`,
  "unknown": (name, tag) =>
    `Cannot use ${name} on a <${tag}>: there is no such attribute; look for a misspelling`,
  "braces": (braces, path) =>
    `Cannot fill in the text ${braces}: braces work in attributes only; write <span ${naBind}="${path}"></span>`,
  "first-nasc": (text) =>
    `Cannot follow "${text}": only the client of the first Nasc knows such names; write ${naScope}="id" ` +
    `${naType}="Type", and paths of that instance`,
};

/** Returns what a mistake is called in words, which say what to do about it. */
export function textOf(problem: Problem, ...parts: readonly string[]): string {
  return texts[problem](...parts);
}

function cannotRead(text: string | undefined, problem: string): string {
  return `Cannot read "${
    shorten(text!)
  }": ${problem}; write such as city, done!=yes or due|date:full`;
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
