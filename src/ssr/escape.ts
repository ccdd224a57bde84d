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

const reference = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/g;

const named: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/**
 * Returns the text of an attribute as it is written: with numeric references, and those of what HTML escapes. Any other
 * stays as it is.
 */
export function unescapeHtml(source: string): string {
  if (!source.includes("&")) return source;
  return source.replace(reference, (whole, decimal, hexadecimal, name) => {
    if (name) return named[name]!;
    const code = decimal ? Number(decimal) : parseInt(hexadecimal, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
