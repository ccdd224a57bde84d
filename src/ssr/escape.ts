const unsafe = /[&<>"\r\0]/;
const each = /[&<>"\r\0]/g;

const escaped: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  // Browsers make line feeds of those that stand in a page.
  "\r": "&#13;",
  // Nothing in a page can stand for it.
  "\0": "\uFFFD",
};

/** Returns a text as it is written in a page: as the text of an element, or in double quotes as that of an attribute. */
export function escapeHtml(text: string): string {
  return unsafe.test(text) ? text.replace(each, (character) => escaped[character]!) : text;
}

/** Returns JSON as it is written into a script: nothing in it can end that. */
export function escapeScript(json: string): string {
  return json.includes("<") ? json.replaceAll("<", "\\u003c") : json;
}
