/** More in a row than there are other commits that could cause them. */
const mostConflicts = 1_000;

/** Repeats an attempt while it rejects with a conflict, as users of conditional writes do. */
export async function untilCommitted(attempt: () => Promise<unknown>): Promise<void> {
  for (let conflicts = 0; conflicts < mostConflicts; conflicts++) {
    try {
      await attempt();
      return;
    } catch (error) {
      if ((error as Error).name !== "ConflictError") throw error;
    }
  }
  throw new Error(`Expected a commit to go through, but it met ${mostConflicts} conflicts`);
}
