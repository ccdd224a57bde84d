const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Returns a value as text that headers and cookies hold as it is: its JSON in base64url. */
export function toBase64Json(value: unknown): string {
  let binary = "";
  for (const byte of encoder.encode(JSON.stringify(value))) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Reads what {@link toBase64Json} wrote.
 *
 * @throws {Error} if it is anything else
 */
export function fromBase64Json(text: string): unknown {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return JSON.parse(decoder.decode(bytes));
}
