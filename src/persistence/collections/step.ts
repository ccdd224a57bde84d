import type { Sent } from "./dirty-keys.ts";
import { pull } from "./pulls.ts";
import type { Refusal } from "./refusal.ts";
import { saveEach } from "./save-each.ts";
import { type Clearing, saveBatch, saveClear } from "./save.ts";
import type { Session } from "./session.ts";
import { takeBatch } from "./take-batch.ts";

const PULLS = 100;

/** One thing to do with storage; the next one starts when it has ended. */
export interface Step {
  /** What fails with it. */
  readonly sent: readonly Sent[];
  /** What it clears in storage. */
  readonly clears: Clearing | undefined;
  /** Does it, and answers the documents that storage can never take. */
  run(): Promise<readonly Refusal[]>;
}

/**
 * The next thing to do, if there is any: first clear what was cleared, so that nothing written later is lost by
 * it, then write what changed up to a revision, then read what somebody else has changed.
 */
export function nextStep(
  session: Session,
  { limit, revision }: { readonly limit: number; readonly revision: number },
): Step | undefined {
  const { collections, pace, clock } = session;
  const now = clock.now();
  for (const collection of collections) {
    const { cleared, name } = collection;
    if (cleared === undefined || pace.waitForAll(name, now) > 0) continue;
    const sent = [...collection.dirty.values()].map((dirty) => {
      return { dirty, revision: dirty.revision, document: undefined };
    });
    const clears = { collection, revision: cleared };
    return { sent, clears, run: () => saveClear(session, clears) };
  }
  const batch = takeBatch(session, { limit, revision });
  if (batch.length > 0) {
    const save = session.isOneByOne ? saveEach : saveBatch;
    return { sent: batch, clears: undefined, run: () => save(session, batch) };
  }
  const pulls = session.pulls.first(PULLS);
  if (pulls.length === 0) return undefined;
  return { sent: [], clears: undefined, run: () => pull(session, pulls) };
}

/**
 * How many milliseconds it takes until the next of the things to do can be done that the platform does not take yet;
 * `undefined` if there are none.
 */
export function untilNextTurn(
  { collections, dirty, pace, clock }: Session,
  revision: number,
): number | undefined {
  const now = clock.now();
  const waits = collections.filter(({ mustClear }) => mustClear)
    .map(({ name }) => pace.waitForAll(name, now));
  for (const { collection, key } of dirty.due(revision)) {
    if (!collection.mustClear) waits.push(pace.waitFor(collection.name, key, now));
  }
  return waits.length === 0 ? undefined : waits.reduce((a, b) => Math.min(a, b));
}
