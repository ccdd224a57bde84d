import type { Connection } from "rian/client";
import { ManualClock, manualFetch, type Request, turn } from "./manual-network.ts";
import { eventAnswer, mountAnswer, open } from "./support.ts";

/** Markup with two instances. */
export const page = `<p na-scope="c" na-type="Counter"><b na-bind="n">?</b><i na-error></i>
  <button na-click="add">add</button></p><p na-scope="d" na-type="Counter"><u na-bind="n">?</u></p>`;

interface Posting {
  readonly clock: ManualClock;
  readonly requests: Request[];
  readonly connection: Connection;
}

/** Opens a page without a stream, on a network that the test controls. */
export async function posting(random = 0.5): Promise<Posting> {
  const clock = new ManualClock();
  const { fetch, requests } = manualFetch();
  const connection = open(page, "post", { fetch, clock, random: () => random });
  await turn();
  return { clock, requests, connection };
}

/** Returns the answer to an event of the first instance. */
export function accepted(n: number, rev: number = n): object {
  return eventAnswer("Counter:c", { n }, rev);
}

/** Opens the same page, and mounts both instances. */
export async function mounted(random?: number): Promise<Posting> {
  const all = await posting(random);
  await all.requests[0]!.answer(mountAnswer("Counter:c", { n: 1 }, 1));
  await all.requests[1]!.answer(mountAnswer("Counter:d", { n: 7 }, 7));
  all.requests.length = 0;
  return all;
}
