/** An attribute as it stands in a page. */
export interface Attribute {
  /** In small letters. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Where its value is, without quotes; an empty range if it has none. */
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** A start tag or an end tag as it stands in a page. */
export interface Tag {
  /** In small letters. */
  readonly name: string;
  readonly isEnd: boolean;
  readonly start: number;
  readonly end: number;
  /** Without those that repeat a name: browsers know the first one only. */
  readonly attributes: readonly Attribute[];
  /** Those that repeat a name. */
  readonly repeated: readonly Attribute[];
  /** Whether it ends with `/>`. */
  readonly isSelfClosing: boolean;
}

const tagName = /[^\t\n\f\r />]+/y;
const gap = /[\t\n\f\r /]*/y;
const space = /[\t\n\f\r ]*/y;
const attributeName = /[^\t\n\f\r />][^\t\n\f\r />=]*/y;
const bareValue = /[^\t\n\f\r >]*/y;

/** Reads the tag whose name begins at `at`, or returns `undefined` if the page ends within it. */
export function readTag(
  html: string,
  { start, at, isEnd }: { readonly start: number; readonly at: number; readonly isEnd: boolean },
): Tag | undefined {
  let position = skip(tagName, html, at);
  const name = html.slice(at, position).toLowerCase();
  const attributes: Attribute[] = [];
  const repeated: Attribute[] = [];
  const names = new Set<string>();
  while (true) {
    const before = position;
    position = skip(gap, html, position);
    if (position >= html.length) return undefined;
    if (html[position] === ">") {
      const isSelfClosing = position > before && html[position - 1] === "/";
      const end = position + 1;
      return { name, isEnd, start, end, attributes, repeated, isSelfClosing };
    }
    const attribute = readAttribute(html, position);
    if (!attribute) return undefined;
    (names.has(attribute.name) ? repeated : attributes).push(attribute);
    names.add(attribute.name);
    position = attribute.end;
  }
}

function readAttribute(html: string, start: number): Attribute | undefined {
  const nameEnd = skip(attributeName, html, start);
  const name = html.slice(start, nameEnd).toLowerCase();
  const sign = skip(space, html, nameEnd);
  if (html[sign] !== "=") {
    return { name, start, end: nameEnd, valueStart: nameEnd, valueEnd: nameEnd };
  }
  const at = skip(space, html, sign + 1);
  const quote = html[at];
  if (quote === '"' || quote === "'") {
    const valueEnd = html.indexOf(quote, at + 1);
    if (valueEnd < 0) return undefined;
    return { name, start, end: valueEnd + 1, valueStart: at + 1, valueEnd };
  }
  const valueEnd = skip(bareValue, html, at);
  return { name, start, end: valueEnd, valueStart: at, valueEnd };
}

function skip(pattern: RegExp, html: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(html) ? pattern.lastIndex : at;
}
