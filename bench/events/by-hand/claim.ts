/** Returns by what a repeat of an event is told from another use of its id: the text of its payload. */
export function claimOf(payload: unknown): string {
  return JSON.stringify(payload);
}

/** Returns the error of an id that was used before: by a repeat, or for something else. */
export function alreadyUsed(noted: unknown, claim: string | undefined): Error {
  return new Error(noted === claim ? "it was applied" : "its id was used");
}
