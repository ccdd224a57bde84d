/**
 * Finds the tags of a page by their offsets, as the tokenizer of a browser does
 * (https://html.spec.whatwg.org/multipage/parsing.html#tokenization). Each character is looked at a bounded number of
 * times, whatever the page.
 *
 * @module
 */

/** An attribute, and where it stands in the source. */
export interface AttributeToken {
  /** In lower case. */
  readonly name: string;
  /** The value as it is written, without its quotes. */
  readonly source: string;
  /** Where it begins and ends, quotes included. */
  readonly start: number;
  readonly end: number;
}

/** A start tag or an end tag. */
export interface TagToken {
  readonly kind: "start" | "end";
  /** In lower case. */
  readonly name: string;
  /** The first of each name. */
  readonly attributes: readonly AttributeToken[];
  /** Those that repeat a name. Browsers know the first only. */
  readonly repeated: readonly AttributeToken[];
  readonly isSelfClosing: boolean;
  readonly start: number;
  readonly end: number;
}

/** How the content of an element is read: as markup, as text with character references, or as text. */
export type Content = "markup" | "text" | "raw";

const letter = /[a-zA-Z]/;
const nameEnd = /[\s/>]/g;
const attributeNameEnd = /[\s/>=]/g;
const unquotedEnd = /[\s>]/g;
const space = /[^\s]/g;

/** Returns how the content of an HTML element is read. */
export function contentOf(name: string): Content {
  switch (name) {
    case "title":
    case "textarea":
      return "text";
    case "script":
    case "style":
    case "xmp":
    case "iframe":
    case "noembed":
    case "noframes":
    case "noscript":
    case "plaintext":
      return "raw";
    default:
      return "markup";
  }
}

/** Reads the tags of a page, one after the other. */
export class Tokens {
  readonly #html: string;
  #at = 0;
  /** Where each of these is known to come next, so that nothing is searched twice. */
  readonly #next = new Map<string, number>();

  constructor(html: string) {
    this.#html = html;
  }

  /** Returns the next tag, or `undefined` at the end. `isForeign` says whether it is read inside of SVG or MathML. */
  next(isForeign: boolean): TagToken | undefined {
    const html = this.#html;
    for (;;) {
      const start = html.indexOf("<", this.#at);
      if (start < 0) return undefined;
      const second = html[start + 1] ?? "";
      if (letter.test(second)) return this.#tag("start", start, start + 1);
      if (second === "/") {
        const third = html[start + 2] ?? "";
        if (letter.test(third)) return this.#tag("end", start, start + 2);
        this.#at = third === "" ? html.length : this.#after(">", start + 2);
      } else if (html.startsWith("<!--", start)) this.#at = this.#afterComment(start + 4);
      else if (isForeign && html.startsWith("<![CDATA[", start)) {
        this.#at = this.#after("]]>", start + 9);
      } else if (second === "!" || second === "?") this.#at = this.#after(">", start + 1);
      else this.#at = start + 1;
    }
  }

  /** Passes the content of an element that holds text only, up to its end tag. */
  passText(name: string): void {
    if (name === "plaintext") {
      this.#at = this.#html.length;
      return;
    }
    const end = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, "gi");
    end.lastIndex = this.#at;
    this.#at = end.exec(this.#html)?.index ?? this.#html.length;
  }

  #tag(kind: TagToken["kind"], start: number, from: number): TagToken | undefined {
    const html = this.#html;
    let at = this.#find(nameEnd, from);
    const name = html.slice(from, at).toLowerCase();
    const attributes: AttributeToken[] = [];
    const repeated: AttributeToken[] = [];
    const names = new Set<string>();
    let isSelfClosing = false;
    for (;;) {
      at = this.#find(space, at);
      const character = html[at];
      if (character === undefined) {
        // A tag that is cut off is none.
        this.#at = html.length;
        return undefined;
      }
      if (character === ">") break;
      // At the end of a value without quotes, it belongs to that.
      isSelfClosing = character === "/" && html[at + 1] === ">";
      if (character === "/") {
        at++;
        if (isSelfClosing) break;
        continue;
      }
      const attribute = this.#attribute(at);
      at = attribute.end;
      (names.has(attribute.name) ? repeated : attributes).push(attribute);
      names.add(attribute.name);
    }
    this.#at = at + 1;
    return { kind, name, attributes, repeated, isSelfClosing, start, end: at + 1 };
  }

  #attribute(start: number): AttributeToken {
    const html = this.#html;
    // An equals sign at the beginning is part of the name.
    const nameEnd = this.#find(attributeNameEnd, start + 1);
    const name = html.slice(start, nameEnd).toLowerCase();
    const sign = this.#find(space, nameEnd);
    if (html[sign] !== "=") return { name, source: "", start, end: nameEnd };
    const from = this.#find(space, sign + 1);
    const quote = html[from];
    if (quote === '"' || quote === "'") {
      const close = html.indexOf(quote, from + 1);
      const end = close < 0 ? html.length : close;
      return {
        name,
        source: html.slice(from + 1, end),
        start,
        end: Math.min(end + 1, html.length),
      };
    }
    const end = quote === ">" ? from : this.#find(unquotedEnd, from);
    return { name, source: html.slice(from, end), start, end };
  }

  /** Returns where the next character is that a pattern finds, or the end. */
  #find(pattern: RegExp, from: number): number {
    pattern.lastIndex = from;
    return pattern.exec(this.#html)?.index ?? this.#html.length;
  }

  #afterComment(from: number): number {
    const html = this.#html;
    if (html.startsWith(">", from)) return from + 1;
    if (html.startsWith("->", from)) return from + 2;
    return Math.min(this.#after("-->", from), this.#after("--!>", from));
  }

  /** Returns where what follows a text begins, or the end. */
  #after(text: string, from: number): number {
    let found = this.#next.get(text) ?? -1;
    if (found < from) {
      found = this.#html.indexOf(text, from);
      if (found < 0) found = Infinity;
      this.#next.set(text, found);
    }
    return Math.min(found + text.length, this.#html.length);
  }
}
