const encoder = new TextEncoder();
// Each character of ASCII is one byte.
const ascii = /^[\0-\x7f]*$/;

/** Returns how many bytes a text is in UTF-8. */
export function byteLength(text: string): number {
  return ascii.test(text) ? text.length : encoder.encode(text).length;
}

/** Returns whether a text has no more bytes than are allowed. */
export function fits(text: string, allowed: number): boolean {
  // A code unit takes 3 bytes at most, so most texts need no counting.
  return text.length * 3 <= allowed || byteLength(text) <= allowed;
}
