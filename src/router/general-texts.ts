/** What is said of a refusal of which only the code is known, by code. */
const texts: Readonly<Record<string, string>> = {
  "invalid-message": "This form does not work",
  "invalid-payload": "Something that was filled in is not valid",
  "unauthorized": "Sign in first",
  "forbidden": "You may not do this",
  "unknown-type": "This form does not work",
  "unknown-event": "This form does not work",
  "not-found": "There is nothing here",
  "conflict": "Somebody else changed this at the same time; try again",
  "constraint": "This is taken, or was changed by somebody else",
  "event-id-reused": "This was sent before",
  "uncertain": "It is uncertain whether this was done; look before you try again",
  "gone": "This is not there any more",
  "too-large": "This is too much",
  "unsupported-media-type": "This form does not work",
  "limited": "This is too much at once; try again later",
  "internal": "This did not work",
  "queue-full": "This does not work at the moment; try again later",
  "unavailable": "This does not work at the moment; try again later",
  "timeout": "This took too long; try again later",
  "newer-state": "This does not work at the moment; try again later",
};

/** The code that stands for those of handlers. */
export const otherCode = "refused";

/** Returns what is said of a refusal by its code alone; `undefined` for what is none. */
export function generalText(code: string): string | undefined {
  if (code === otherCode) return "This was not accepted";
  return Object.hasOwn(texts, code) ? texts[code] : undefined;
}
