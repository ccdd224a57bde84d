/** Returns an unguessable id. Browsers hide `crypto.randomUUID` from pages loaded over plain HTTP. */
export function randomId(): string {
  return crypto.randomUUID?.() ?? Array.from(
    crypto.getRandomValues(new Uint8Array(16)),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}
