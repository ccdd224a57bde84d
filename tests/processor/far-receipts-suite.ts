import { expect, test } from "vitest";
import { createProcessor } from "../../mod.ts";
import { exportInstances } from "../../src/processor/transfer/export-instances.ts";
import { importInstances } from "../../src/processor/transfer/import-instances.ts";
import { counterHandlers, counterMessage, countOf, errorCode } from "../support/counter.ts";
import { counting, eventIds, keepReceipts, samples } from "../support/far-receipts.ts";
import type { Storage } from "./metadata-suite.ts";

/**
 * Returns tests, by name, of how an adapter keeps the receipts that have no room beside their instance.
 *
 * @param prepare Is called for each storage.
 */
export function farReceiptsCases(
  prepare: () => Storage,
): Readonly<Record<string, () => Promise<void>>> {
  function start() {
    const { type, open } = prepare();
    const { store, reads } = counting(open());
    const handlers = { [type]: counterHandlers["Counter"]! };
    const processors = [store, open()].map((store) => {
      return createProcessor(handlers, store, { attempts: 1_000 });
    });
    async function send(eventId: string, parts: object = {}, which = 0): Promise<unknown> {
      const said = await processors[which]!(counterMessage({ type, eventId, ...parts }));
      expect(errorCode(said)).toBeUndefined();
      return countOf(said);
    }
    return { type, store, reads, send };
  }

  async function few(): Promise<void> {
    const { type, store, reads, send } = start();
    const known = eventIds(60);
    for (const [index, eventId] of known.entries()) expect(await send(eventId)).toBe(index + 1);
    const many = eventIds(1_200);
    await keepReceipts(store, many, { type });
    Object.assign(reads, { gets: 0, lists: 0 });
    let sent = 0;
    for (const eventId of samples([...known, ...many], 60)) {
      expect(await send(eventId)).toBe(60);
      sent++;
    }
    // The instance, the head and the nodes below it; twice, since what was written last is not what counts at the end.
    expect(reads.gets).toBeLessThanOrEqual(8 * sent);
    expect(reads.lists).toBe(0);
    for (const eventId of eventIds(3)) {
      Object.assign(reads, { gets: 0, lists: 0 });
      const count = await send(eventId);
      expect(await send(eventId)).toBe(count);
      expect(reads.gets + reads.lists).toBeLessThanOrEqual(14);
    }
  }

  async function moved(): Promise<void> {
    const [from, to] = [start(), start()];
    const known = eventIds(60);
    for (const eventId of known) await from.send(eventId);
    const many = eventIds(700);
    await keepReceipts(from.store, many, { type: from.type });
    const lines: string[] = [];
    for await (const line of exportInstances(from.store, { types: [from.type] })) {
      lines.push(line.replaceAll(from.type, to.type));
    }
    expect(await importInstances(to.store, lines)).toEqual({ imported: 1, kept: 0 });
    // As after an import that was interrupted.
    const again = await importInstances(to.store, lines, { existing: "keep" });
    expect(again).toEqual({ imported: 0, kept: 1 });
    for (const eventId of samples([...known, ...many], 60)) {
      expect(await to.send(eventId)).toBe(60);
    }
    expect(await to.send("new")).toBe(61);
  }

  async function atOnce(): Promise<void> {
    const { type, store, send } = start();
    await send("first");
    // So much that lines are handed on again and again.
    const many = eventIds(800);
    await keepReceipts(store, many, { type });
    const ids = eventIds(120);
    for (let start = 0; start < ids.length; start += 4) {
      const some = ids.slice(start, start + 4);
      await Promise.all([0, 1].flatMap((which) => some.map((id) => send(id, {}, which))));
    }
    expect(await store.load(type, "visits")).toEqual({ count: 121 });
    for (const eventId of [...samples(many, 20), ...samples(ids, 20)]) {
      expect(await send(eventId, {}, 1)).toBe(121);
    }
  }

  return {
    "an id among many is looked for in a few entries": few,
    "far receipts move to another storage with their instance": moved,
    "two stores that keep far receipts of one instance at once lose none": atOnce,
  };
}

/** Tests how an adapter keeps the receipts that have no room beside their instance. */
export function testFarReceipts(name: string, prepare: () => Storage): void {
  test.for(Object.entries(farReceiptsCases(prepare)))(
    `on ${name}, %s`,
    { timeout: 60_000 },
    ([, run]) => run(),
  );
}
