import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { D1Store } from "../../../adapters/cloudflare-d1.ts";
import { createProcessor } from "../../../mod.ts";
import { mortal } from "./mailbox.ts";
import { account, doomed, relay, relayFor, seeded } from "./relay.ts";
import { emptyTypes } from "./send-suite.ts";

beforeEach(async () => {
  const store = new D1Store(env.DB);
  await emptyTypes(store);
  for (const type of ["Emitter", "Sink"]) await store.clear(type);
});

/** Sends and delivers until a commit after which nothing of it goes on, as in a request that the platform has cancelled. */
async function runUntilCancelled(seed: number): Promise<void> {
  const random = seeded(seed);
  const { store, kill } = mortal(new D1Store(env.DB));
  const commit = 1 + Math.floor(random() * 40);
  const isBefore = random() < 0.5;
  await new Promise<void>((resolve) => {
    function end(): void {
      kill();
      resolve();
    }
    void relayFor(doomed(store, { commit, isBefore, end }), { random, events: 1_000 });
  });
}

test("of what three requests at a time send on D1, cancelling them loses, doubles and disorders nothing", async () => {
  await Promise.all([0, 1, 2].map(async (process) => {
    for (let life = 0; life < 3; life++) await runUntilCancelled(process * 100 + life);
  }));
  const store = new D1Store(env.DB);
  const left = await account(store);
  await createProcessor(relay, store, { onError: () => {} }).drain();
  const { sent, poison, ...rest } = await account(store);
  expect(rest).toEqual({ lost: [], wrong: [], dead: poison, waiting: 0 });
  expect(sent).toBeGreaterThan(60);
  expect(poison).toBeGreaterThan(2);
  // Otherwise nobody had been cancelled between a commit and its delivery.
  expect(left.waiting).toBeGreaterThan(0);
});
