/** Returns by what a repeat of an event is told from another use of its id: the text of its payload. */
export function claimOf(payload: unknown): string {
  return JSON.stringify(payload);
}
