/** Latin-1 from U+00A0 on, by the names that need no semicolon. */
const latin =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ["hellip", "…"],
  ["ndash", "–"],
  ["mdash", "—"],
  ["lsquo", "‘"],
  ["rsquo", "’"],
  ["ldquo", "“"],
  ["rdquo", "”"],
  ["euro", "€"],
  ["lbrace", "{"],
  ["rbrace", "}"],
  ["lcub", "{"],
  ["rcub", "}"],
  ["colon", ":"],
  ["semi", ";"],
  ["equals", "="],
  ["excl", "!"],
  ["vert", "|"],
  ["Tab", "\t"],
  ["NewLine", "\n"],
  ...latin.split(" ").map((name, index) =>
    [name, String.fromCharCode(0xa0 + index)] as [string, string]
  ),
]);

const reference = /&(?:#x([0-9a-f]{1,8})|#(\d{1,10})|([a-z][a-z0-9]*));/gi;

/**
 * Returns the text that is meant by a text of a page, with its character references read. Numbers and the more usual
 * names are known, each with its semicolon; others stay as they are.
 */
export function decode(text: string): string {
  const lines = text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
  if (!lines.includes("&")) return lines;
  return lines.replaceAll(reference, (whole, hex, decimal, name) => {
    if (name !== undefined) return named.get(name) ?? whole;
    const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    return isCharacter ? String.fromCodePoint(code) : "\uFFFD";
  });
}
