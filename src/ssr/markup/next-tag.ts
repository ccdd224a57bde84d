import { readTag, type Tag } from "./tag.ts";

const mark = /<(?:(\/?)[a-z]|!--|!\[CDATA\[|[!?/])/gi;

/** Returns the next tag from a place on, outside of comments, or `undefined` if there is none. */
export function nextTag(
  html: string,
  from: number,
  /** Whether `<![CDATA[` begins text, as it does inside of SVG and MathML. */
  hasCdata: boolean,
): Tag | undefined {
  let at = from;
  while (true) {
    mark.lastIndex = at;
    const found = mark.exec(html);
    if (!found) return undefined;
    const [text, slash] = found;
    const start = found.index;
    if (slash !== undefined) {
      const isEnd = slash === "/";
      return readTag(html, { start, at: start + (isEnd ? 2 : 1), isEnd });
    }
    const end = endOfComment(html, { text, start, hasCdata });
    if (end === undefined) return undefined;
    at = end;
  }
}

const commentEnd = /--!?>/g;

function endOfComment(
  html: string,
  { text, start, hasCdata }: {
    readonly text: string;
    readonly start: number;
    readonly hasCdata: boolean;
  },
): number | undefined {
  if (text === "<!--") {
    const short = /-?>/y;
    short.lastIndex = start + 4;
    if (short.test(html)) return short.lastIndex;
    commentEnd.lastIndex = start + 4;
    return commentEnd.test(html) ? commentEnd.lastIndex : undefined;
  }
  const isCdata = hasCdata && text.length > 3;
  const close = isCdata ? "]]>" : ">";
  const end = html.indexOf(close, start + 2);
  return end < 0 ? undefined : end + close.length;
}
