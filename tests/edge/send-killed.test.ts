import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { emitters, seeded, sinks } from "../processor/send/relay.ts";
import { type ServedByWorkerd, serveWorkerd } from "../support/serve-workerd.ts";

const disk = mkdtempSync(join(tmpdir(), "rian-objects-"));
let last: ServedByWorkerd | undefined;
afterAll(async () => {
  await last?.close();
  rmSync(disk, { recursive: true });
});

const worker = new URL("./relay-worker.ts", import.meta.url);

function start(): Promise<ServedByWorkerd> {
  return serveWorkerd(worker, { objects: "Nasc", disk });
}

async function ask({ port }: ServedByWorkerd, path: string, message?: object) {
  const url = `http://127.0.0.1:${port}/${path}`;
  const response = await fetch(url, message && { method: "POST", body: JSON.stringify(message) });
  return await response.json();
}

/** What was sent and is not there, what is wrong with what is, and what is dead and never could arrive. */
async function account(served: ServedByWorkerd) {
  const all = await Promise.all(sinks.map((id) => ask(served, `read/Sink/${id}`)));
  const wrong: string[] = all.flatMap((sink) => sink.wrong);
  let [sent, missing, poison, dead] = [0, 0, 0, 0];
  for (const id of emitters) {
    const emitter = await ask(served, `read/Emitter/${id}`);
    poison += emitter.poison;
    dead += await ask(served, `dead/Emitter/${id}`);
    for (const [index, sink] of sinks.entries()) {
      const count: number = emitter.sent[sink] ?? 0;
      sent += count;
      missing += count - (all[index].last[id] ?? 0);
    }
  }
  return { sent, wrong, missing, dying: poison - dead };
}

/** Lets all emitters send at once, and ends the process when it has answered some of them. */
async function sendUntilKilled(seed: number): Promise<void> {
  const random = seeded(seed);
  const served = await start();
  const oneOf = (list: readonly string[]) => list[Math.floor(random() * list.length)]!;
  let answers = 3 + Math.floor(random() * 20);
  let killed: Promise<void> | undefined;
  const events = Array.from({ length: 30 }, async (_, index) => {
    const instance = emitters[index % emitters.length]!;
    const payload = Array.from({ length: 5 }, () => oneOf(sinks));
    await ask(served, "send", { type: "Emitter", instance, event: "emit", payload }).catch(
      () => {},
    );
    if (--answers === 0) killed = served.kill();
  });
  await Promise.all(events);
  await killed;
}

test("of what objects send, kill -9 of workerd loses, doubles and disorders nothing, and alarms deliver the rest", async () => {
  for (let life = 1; life <= 4; life++) await sendUntilKilled(life);
  const served = last = await start();
  const { missing, sent } = await account(served);

  // The last one has died between a commit and its delivery.
  expect(missing).toBeGreaterThan(0);
  // Nothing but its alarm lets a sender deliver, and an alarm that the kill has interrupted rings again ever later.
  const patience = { timeout: 120_000, interval: 500 };
  await expect.poll(() => account(served), patience)
    .toEqual({ sent, wrong: [], missing: 0, dying: 0 });
  expect(sent).toBeGreaterThan(150);
});
