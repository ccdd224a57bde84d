/**
 * Returns the parts of a JSON Pointer that is a URI fragment, such as `["#", "$defs", "To/do"]` of `#/$defs/To~1do`:
 * https://www.rfc-editor.org/rfc/rfc6901#section-6
 *
 * @throws {URIError} when a `%` does not begin the code of a character.
 */
export function pointerParts(fragment: string): string[] {
  return decodeURIComponent(fragment).split("/").map((part) =>
    part.replaceAll("~1", "/").replaceAll("~0", "~")
  );
}
