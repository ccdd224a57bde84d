/** More in a row than there are commits that could have been in between. */
const mostConflicts = 1_000;

/** Does again what rejects with a conflict, as everybody does who writes conditionally. */
export async function untilCommitted(attempt: () => Promise<unknown>): Promise<void> {
  for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
    try {
      await attempt();
      return;
    } catch (error) {
      if ((error as Error).name !== "ConflictError") throw error;
    }
  }
  throw new Error(`Expected that a commit goes through, but it met ${mostConflicts} conflicts`);
}
