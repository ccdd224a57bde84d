/** Where the content of an element ends whose content is text only. */
export interface RawText {
  readonly contentEnd: number;
  /** Where its end tag ends, or `undefined` if it has none. */
  readonly end: number | undefined;
}

/** Elements whose content is text as it stands. That of `noscript` is, where there are scripts. */
const raw: ReadonlySet<string> = new Set([
  "iframe",
  "noembed",
  "noframes",
  "noscript",
  "plaintext",
  "script",
  "style",
  "xmp",
]);

/** Elements whose content is text with character references. */
const escapable: ReadonlySet<string> = new Set(["textarea", "title"]);

const scriptMark = /<!--|-->|<\/?script(?=[\t\n\f\r />])/gi;

/** Returns whether the content of an element is text as it stands, which nothing in it can escape. */
export function isRaw(name: string): boolean {
  return raw.has(name);
}

/** Returns whether the content of an element is text. */
export function isText(name: string): boolean {
  return raw.has(name) || escapable.has(name);
}

/** Finds the end of the text in an element of this name, whose content begins at `start`. */
export function readRawText(html: string, name: string, start: number): RawText {
  const unended = { contentEnd: html.length, end: undefined };
  if (name === "plaintext") return unended;
  const contentEnd = name === "script" ? endOfScript(html, start) : endTagOf(html, name, start);
  if (contentEnd === undefined) return unended;
  const close = html.indexOf(">", contentEnd);
  return { contentEnd, end: close < 0 ? undefined : close + 1 };
}

function endTagOf(html: string, name: string, start: number): number | undefined {
  const pattern = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, "gi");
  pattern.lastIndex = start;
  return pattern.exec(html)?.index;
}

/** A script may hold a whole script in a comment, whose end tag does not end it. */
function endOfScript(html: string, start: number): number | undefined {
  let depth = 0;
  scriptMark.lastIndex = start;
  for (let found; (found = scriptMark.exec(html));) {
    const mark = found[0].toLowerCase();
    if (mark === "-->") depth = 0;
    else if (mark === "<!--") {
      depth ||= 1;
      // `<!-->` ends what it begins.
      scriptMark.lastIndex -= 2;
    } else if (mark === "</script") {
      if (depth < 2) return found.index;
      depth = 1;
    } else if (depth === 1) depth = 2;
  }
  return undefined;
}
