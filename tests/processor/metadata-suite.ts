import { expect, test } from "vitest";
import {
  type Adapter,
  createProcessor,
  type HandlerContext,
  type Message,
  type Patch,
} from "../../mod.ts";
import { creationOf } from "../../src/processor/epoch.ts";
import { undone } from "../../src/processor/history.ts";
import { type StoredInstance, storedInstance } from "../../src/processor/stored-instance.ts";
import { counterHandlers, countOf, errorCode } from "../support/counter.ts";

/** What {@link testMetadata} tests. */
export interface Storage {
  /** A type of which nothing is stored. */
  readonly type: string;
  /** Returns a store on the storage, each time another one. */
  readonly open: () => Adapter;
}

async function remove(_payload: unknown, _state: object, context: HandlerContext): Promise<void> {
  await context.delete();
}

/**
 * Returns tests, by name, of what an adapter keeps of an instance beside its state.
 *
 * @param prepare Is called for each test.
 */
export function metadataCases(
  prepare: () => Storage,
): Readonly<Record<string, () => Promise<void>>> {
  function start() {
    const { type, open } = prepare();
    const stores = [open(), open()];
    const [store] = stores;
    const processors = stores.map((store) =>
      createProcessor({ [type]: { ...counterHandlers["Counter"]!, remove } }, store, {
        lastWriteWins: true,
        attempts: 500,
      })
    );
    return {
      compares: store!.capabilities.conditional !== "none",
      limit: store!.capabilities.maxMetadataBytes,
      send: (from: number, parts: Partial<Message>): Promise<Patch[]> =>
        processors[from]!({ type, instance: "i", event: "add", payload: 1, ...parts }),
      entry: async () => (await store!.get(type, "i"))!,
      read: async (): Promise<StoredInstance> =>
        storedInstance({ type, id: "i" }, (await store!.get(type, "i"))!),
    };
  }

  async function ids(): Promise<void> {
    const { compares, limit, send, read, entry } = start();
    await send(0, { event: "mount" });
    const { epoch } = await read();
    const count = compares ? 60 : 20;
    const all = Array.from({ length: count }, (_, index) => `${index}-${crypto.randomUUID()}`);
    for (const [index, eventId] of all.entries()) {
      expect(errorCode(await send(index % 2, { eventId }))).toBeUndefined();
      for (const late of compares ? [0, 7, 40] : [0, 7]) {
        if (late > index) continue;
        const page = { protocol: 2, epoch, rev: index - late + 1 } as const;
        const again = { eventId: all[index - late]!, ...(late > 0 && page) };
        const said = await send(0, again);
        expect(said).toMatchObject([{ rev: index + 2 }]);
        expect(countOf(said)).toBe(index + 1);
      }
    }
    const now = await read();
    expect([now.state, now.rev]).toEqual([{ count }, count + 1]);
    expect(creationOf(now.epoch)).toBe(creationOf(epoch));
    const { metadata } = await entry();
    expect(JSON.stringify(metadata).length).toBeLessThanOrEqual(Math.min(3_756, limit));
  }

  async function states(): Promise<void> {
    const { compares, limit, send, read } = start();
    await send(0, { event: "mount" });
    const epochs = new Set<string>();
    for (let count = 0; count < 12; count++) {
      await send(count % 2, {});
      epochs.add((await read()).epoch);
    }
    const now = await read();
    expect(now.rev).toBe(13);
    // Each step takes some 50 bytes; a state as small has room for 256 of them, and 260 are kept for the rest.
    const kept = compares ? Math.floor(Math.min(256, limit - 260) / 50) : 0;
    for (let steps = 1; steps <= kept; steps++) {
      expect(undone(now, now.rev - steps)).toEqual({ count: now.rev - steps - 1 });
    }
    if (!compares) expect(undone(now, now.rev - 1)).toBeUndefined();
    // Where it does not, each write is told from each other one.
    expect(epochs.size).toBe(compares ? 1 : 12);
  }

  async function deletion(): Promise<void> {
    const { send, read } = start();
    await send(0, { eventId: "a" });
    const { epoch } = await read();
    const old = { protocol: 2, epoch, rev: 1 } as const;
    const removal = { event: "remove", payload: undefined, eventId: "b" };
    for (const from of [0, 1, 0]) {
      expect(errorCode(await send(from, removal))).toBe("gone");
      expect(errorCode(await send(from, { eventId: "a" }))).toBe("gone");
      expect(errorCode(await send(from, { eventId: "new", ...old }))).toBe("gone");
    }
    expect(await send(1, { event: "mount" })).toMatchObject([{ value: 0, rev: 1 }]);
    for (const eventId of ["a", "b", "a"]) {
      const parts = eventId === "b" ? removal : { eventId };
      expect(await send(1, parts)).toMatchObject([{ value: 0, rev: 1 }]);
    }
    expect(errorCode(await send(0, { eventId: "new", ...old }))).toBe("gone");
    expect(await send(0, { eventId: "c" })).toMatchObject([{ value: 1, rev: 2 }]);
    expect(creationOf((await read()).epoch)).not.toBe(creationOf(epoch));
  }

  return {
    "an instance that its event deletes is gone, and no repeat brings it back": deletion,
    "each id is applied once, whenever it is sent again, and metadata keep to their limit": ids,
    "the latest states can be reached again, where storage compares": states,
  };
}

/** Tests what an adapter keeps of an instance beside its state, on the real backend. */
export function testMetadata(name: string, prepare: () => Storage): void {
  test.for(Object.entries(metadataCases(prepare)))(`on ${name}, %s`, ([, run]) => run());
}
