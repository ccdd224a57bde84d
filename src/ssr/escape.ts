/** Returns a text as the content of an element, or as an attribute in double quotes. */
export function escapeHtml(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(allSpecial, (character) => references[character]!);
}

// deno-lint-ignore no-control-regex -- a parser drops or replaces these
const special = /[&<>"\r\u0000]/;
// deno-lint-ignore no-control-regex -- as above
const allSpecial = /[&<>"\r\u0000]/g;

const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#13;",
  "\0": "\ufffd",
};

const reference = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,6}\d{0,2}));/g;

/** The names of U+00A0 to U+00FF. */
const latin =
  "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg " +
  "plusmn sup2 sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 " +
  "iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml " +
  "Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave " +
  "Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil " +
  "egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde " +
  "ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";
const others =
  "ndash mdash lsquo rsquo sbquo ldquo rdquo bdquo dagger bull hellip lsaquo rsaquo euro trade larr uarr rarr darr harr minus ne le ge check cross star hearts ensp emsp thinsp zwnj zwj";
const otherCharacters =
  "\u2013\u2014\u2018\u2019\u201a\u201c\u201d\u201e\u2020\u2022\u2026\u2039\u203a\u20ac\u2122\u2190\u2191\u2192\u2193\u2194\u2212\u2260\u2264\u2265\u2713\u2717\u2606\u2665\u2002\u2003\u2009\u200c\u200d";

/** The references that pages are written with. Browsers know 2,000 more. */
const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
  ...latin.split(" ").map((name, index) => [name, String.fromCharCode(0xa0 + index)] as const),
  ...others.split(" ").map((name, index) => [name, otherCharacters[index]!] as const),
]);

/**
 * Returns the text of an attribute as it is written: with numeric references, and those names that pages are usually
 * written with. Any other stays as it is.
 */
export function unescapeHtml(source: string): string {
  if (!source.includes("&")) return source;
  return source.replace(reference, (whole, decimal, hexadecimal, name) => {
    if (name) return named.get(name) ?? whole;
    const code = decimal ? Number(decimal) : parseInt(hexadecimal, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
