import { expect, test } from "vitest";
import { type Adapter, createProcessor, type Message, type Patch } from "../../mod.ts";
import { creationOf } from "../../src/processor/epoch.ts";
import { undone } from "../../src/processor/history.ts";
import { storedInstance } from "../../src/processor/stored-instance.ts";
import { boardHandlers } from "../support/boards.ts";
import { errorCode } from "../support/counter.ts";

/** What {@link testStateVersions} tests. */
export interface Storage {
  /** A type of which nothing is stored. */
  readonly type: string;
  /** The id of another instance, a boss, of which nothing is stored. */
  readonly boss: string;
  /** Returns a store on the storage, each time another one. */
  readonly open: () => Adapter;
}

type Version = 1 | 2 | 3;

/**
 * Returns tests, by name, of what becomes of states when the version of their handler grows, and of older and newer code
 * on one storage.
 *
 * @param prepare Is called for each test.
 */
export function stateVersionCases(
  prepare: () => Storage,
): Readonly<Record<string, () => Promise<void>>> {
  function start() {
    const { type, boss, open } = prepare();
    const store = open();
    const processors = ([1, 2, 3] as const).map((version) =>
      createProcessor(boardHandlers(version, type), open(), { lastWriteWins: true, attempts: 500 })
    );
    const entry = async (id = "i") => (await store.get(type, id))!;
    return {
      compares: store.capabilities.conditional !== "none",
      address: { type, id: "i" },
      /** Sends a message to a process with this version. */
      send: (version: Version, parts: Partial<Message> = {}): Promise<Patch[]> =>
        processors[version - 1]!({ type, instance: "i", event: "add", payload: "Tea", ...parts }),
      tell: (version: Version, event: string, eventId: string): Promise<Patch[]> =>
        processors[version - 1]!({
          type: "Boss",
          instance: boss,
          event,
          payload: { type, id: "i" },
          eventId,
        }),
      entry,
      boss: async () => (await store.get("Boss", boss))?.value,
      read: async () => storedInstance({ type, id: "i" }, await entry()),
    };
  }

  const rated = (...titles: string[]) => ({
    cards: titles.map((title) => ({ title, votes: 0 })),
  });

  async function migration(): Promise<void> {
    const { compares, send, read } = start();
    await send(1);
    await send(1, { payload: "Jam" });
    const before = await read();
    expect([before.state, before.rev, before.schema])
      .toEqual([{ cards: ["Milk", "Tea", "Jam"] }, 2, undefined]);
    expect(errorCode(await send(3, { payload: "Rye" }))).toBeUndefined();
    const after = await read();
    expect([after.state, after.rev, after.schema])
      .toEqual([rated("Milk", "Tea", "Jam", "Rye"), 3, 3]);
    expect(creationOf(after.epoch)).toBe(creationOf(before.epoch));
    expect(after.epoch).not.toBe(before.epoch);
    // Nothing leads back beyond the migration.
    expect(undone(after, 1)).toBeUndefined();
    await send(3);
    const last = await read();
    expect([last.rev, last.schema, last.epoch === after.epoch]).toEqual([4, 3, compares]);
    if (compares) expect(undone(last, 3)).toEqual(after.state);
  }

  async function steps(): Promise<void> {
    const { send, read } = start();
    await send(1);
    const epochs = [(await read()).epoch];
    for (const version of [2, 3] as const) {
      await send(version, { payload: `by ${version}` });
      epochs.push((await read()).epoch);
    }
    expect((await read()).state).toEqual(rated("Milk", "Tea", "by 2", "by 3"));
    expect(new Set(epochs).size).toBe(3);
    expect(new Set(epochs.map(creationOf)).size).toBe(1);
  }

  async function shown(): Promise<void> {
    const { send, entry } = start();
    await send(1);
    const before = await entry();
    const seen = await send(2, { event: "mount" });
    expect(seen).toMatchObject([{ prop: "cards", value: [{ title: "Milk" }, { title: "Tea" }] }]);
    // Whoever sends an event that changes nothing still sees what has become of all.
    const changed = await send(2, { event: "nothing", eventId: "n" });
    expect(changed).toMatchObject([{
      prop: "cards",
      value: [{ title: "Milk" }, { title: "Tea" }],
    }]);
    expect(await entry()).toEqual(before);
    expect(errorCode(await send(1, { payload: "Jam" }))).toBeUndefined();
    expect((await entry()).value).toEqual({ cards: ["Milk", "Tea", "Jam"] });
  }

  async function newer(): Promise<void> {
    const { send, tell, entry, boss } = start();
    await send(3);
    const before = await entry();
    for (const version of [1, 2] as const) {
      for (const event of ["add", "mount", "nothing", "remove"]) {
        const parts = { event, payload: event === "add" ? "no" : undefined };
        expect([version, event, errorCode(await send(version, { ...parts, eventId: event }))])
          .toEqual([version, event, "newer-state"]);
      }
      for (const event of ["look", "order", "drop"]) {
        expect([version, event, errorCode(await tell(version, event, event))])
          .toEqual([version, event, "newer-state"]);
      }
    }
    expect([await entry(), await boss()]).toEqual([before, undefined]);
    // Repeated where the code is new, the same event is applied, once.
    for (let times = 0; times < 2; times++) {
      expect(errorCode(await send(3, { payload: "no", eventId: "add" }))).toBeUndefined();
    }
    expect((await entry()).value).toEqual(rated("Milk", "Tea", "no"));
  }

  async function receipts(): Promise<void> {
    const { send, read } = start();
    await send(1, { eventId: "a" });
    const { epoch, rev } = await read();
    const page = { protocol: 2, epoch, rev } as const;
    await send(1, { payload: "Jam", eventId: "b", ...page });
    for (const version of [2, 3] as const) {
      expect(errorCode(await send(version, { eventId: "a" }))).toBeUndefined();
      expect(errorCode(await send(version, { payload: "Jam", eventId: "b", ...page })))
        .toBeUndefined();
      const eventId = `by-${version}`;
      expect(errorCode(await send(version, { payload: eventId, eventId, ...page })))
        .toBeUndefined();
      expect(errorCode(await send(3, { payload: eventId, eventId, ...page }))).toBeUndefined();
    }
    const now = await read();
    expect([now.state, now.rev]).toEqual([rated("Milk", "Tea", "Jam", "by-2", "by-3"), 4]);
  }

  async function others(): Promise<void> {
    const { send, tell, entry, boss, read } = start();
    await send(1);
    const before = await entry();
    await tell(2, "look", "1");
    expect(await boss()).toEqual({ seen: { cards: [{ title: "Milk" }, { title: "Tea" }] } });
    expect(await entry()).toEqual(before);
    await tell(3, "order", "2");
    await tell(3, "order", "2");
    const after = await read();
    expect([after.state, after.rev, after.schema]).toEqual([rated("Milk", "Tea", "Milk"), 2, 3]);
    expect((await entry("none"))?.value).toBeUndefined();
  }

  async function deletion(): Promise<void> {
    const { send, entry, read } = start();
    await send(1);
    await send(2, { event: "remove", payload: undefined, eventId: "r" });
    expect(await entry()).toBeUndefined();
    // What is left of it is no state, so that code of any version creates it anew.
    expect(errorCode(await send(1, { eventId: "again" }))).toBeUndefined();
    const now = await read();
    expect([now.state, now.rev, now.schema]).toEqual([{ cards: ["Milk", "Tea"] }, 1, undefined]);
  }

  async function deploy(): Promise<void> {
    const { send, read } = start();
    const count = 30;
    const accepted: string[] = [];
    const refused: string[] = [];
    async function run(version: Version, name: string): Promise<void> {
      for (let sent = 0; sent < count; sent++) {
        const eventId = `${name}${sent}`;
        const code = errorCode(await send(version, { payload: eventId, eventId }));
        expect([undefined, "newer-state"]).toContain(code);
        (code ? refused : accepted).push(eventId);
        // The newest starts late.
        if (name === "old" && sent === 5) void newest.resolve();
      }
    }
    const newest = Promise.withResolvers<void>();
    await Promise.all([
      run(1, "old"),
      run(2, "new"),
      newest.promise.then(() => run(3, "newest")),
    ]);
    for (const eventId of refused) await send(3, { payload: eventId, eventId });
    const { state, rev, schema } = await read();
    const titles = (state as { cards: { title: string; votes: number }[] }).cards;
    expect(titles.map(({ title, votes }) => `${title} ${votes}`).sort())
      .toEqual(["Milk", ...accepted, ...refused].map((title) => `${title} 0`).sort());
    expect([rev, schema]).toEqual([3 * count, 3]);
  }

  return {
    "an event gets the migrated state, and stores it with its version": migration,
    "versions follow one another": steps,
    "who looks sees the migrated state, which stays as it was in storage": shown,
    "older code leaves a newer state alone, and a newer process applies the event": newer,
    "receipts and the pages of before stay good after a migration": receipts,
    "an event that reads or updates an older instance gets it migrated": others,
    "an older instance can be deleted, and created by any code": deletion,
    "three versions at once lose no event": deploy,
  };
}

/** Tests versions of states on the real backend, save the cases for whose names there is a reason to skip them. */
export function testStateVersions(
  name: string,
  prepare: () => Storage,
  { skip = {} }: { readonly skip?: Readonly<Record<string, string>> } = {},
): void {
  for (const [title, run] of Object.entries(stateVersionCases(prepare))) {
    const reason = skip[title];
    test.skipIf(reason)(`on ${name}, ${title}${reason ? ` (skipped: ${reason})` : ""}`, run);
  }
}
