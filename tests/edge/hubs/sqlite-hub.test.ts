import { DatabaseSync } from "node:sqlite";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { createProcessor, MemoryStore, type News } from "../../../mod.ts";
import { SqliteMappedStore } from "../../../adapters/sqlite-mapped.ts";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import { type ClosableHub, sqliteHub } from "../../../src/edge/mod.ts";
import { SteppedClock } from "../../support/clock.ts";
import { counterHandlers, counterMessage } from "../../support/counter.ts";

const folder = mkdtempSync(join(tmpdir(), "rian-sqlite-hub-"));
afterAll(() => rmSync(folder, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const visits = { type: "Counter", id: "visits" };
let files = 0;

/** Returns what opens one file again and again, each time as another process would: by a connection of its own. */
function newFile() {
  const path = join(folder, `${++files}.db`);
  const file = {
    path,
    /** Milliseconds since 1970, for those who open the file from now on. */
    time: 100_000,
    open(options: { readonly onError?: (error: unknown) => void } = {}) {
      const store = new SqliteStore(path, { clock: { now: () => file.time } });
      const clock = new SteppedClock();
      clock.pass(file.time);
      const hub = sqliteHub(store, { clock, onError: () => {}, ...options });
      const process = createProcessor(counterHandlers, store, { hub });
      closing.push(() => store.close(), () => hub.close());
      const listen = (address = visits) => {
        const heard: News[] = [];
        const leave = hub.subscribe(store.source!, address, (news) => heard.push(news));
        return { heard, leave };
      };
      return { store, clock, hub, process, listen };
    },
  };
  return file;
}

/** Lets a hub look once more, now. */
async function look(clock: SteppedClock): Promise<void> {
  // It sets its timer when it has looked.
  await vi.waitFor(() => expect(clock.waiting).toBe(1));
  clock.pass(1_000);
  await vi.waitFor(() => expect(clock.waiting).toBe(1));
}

const revs = (heard: readonly News[]) => heard.map((news) => news.kind === "change" && news.rev);

describe("sqliteHub", () => {
  test("hears of what other connections commit: revisions, creations and deletions, each once", async () => {
    const file = newFile();
    const [here, there] = [file.open(), file.open()];
    const { heard } = here.listen();
    await look(here.clock);
    // There is none yet.
    expect(heard).toEqual([{ kind: "change", ...visits, rev: 0, epoch: "0" }]);
    await there.process(counterMessage());
    await look(here.clock);
    await there.process(counterMessage());
    await there.process(counterMessage());
    await look(here.clock);
    await look(here.clock);
    expect(revs(heard)).toEqual([0, 1, 3]);
    await there.store.clear("Counter");
    await look(here.clock);
    expect(revs(heard)).toEqual([0, 1, 3, 0]);
  });

  test("tells at once what its own process changes, and does not tell it again", async () => {
    const file = newFile();
    const [here, there] = [file.open(), file.open()];
    await here.process(counterMessage({ event: "mount" }));
    const { heard } = here.listen();
    await look(here.clock);
    await here.process(counterMessage());
    expect(revs(heard)).toEqual([1, 2]);
    // Another's commit makes it look at all.
    await there.store.commit([{ type: "Other", key: "x", value: 1 }]);
    await look(here.clock);
    await look(here.clock);
    expect(revs(heard)).toEqual([1, 2]);
    await here.process(counterMessage());
    await there.process(counterMessage());
    await look(here.clock);
    expect(revs(heard)).toEqual([1, 2, 3, 4]);
  });

  test("misses nothing between a subscription and the first look", async () => {
    const file = newFile();
    const [here, there] = [file.open(), file.open()];
    await there.process(counterMessage({ event: "mount" }));
    here.listen({ type: "Counter", id: "another" });
    await look(here.clock);
    const first = here.listen();
    await there.process(counterMessage());
    const second = here.listen();
    await look(here.clock);
    expect([revs(first.heard), revs(second.heard)]).toEqual([[2], [2]]);
  });

  test("looks every 50 ms, only while somebody listens, and keeps nothing of 10,000 who left", async () => {
    const file = newFile();
    const { store, clock, hub } = file.open();
    expect(clock.waiting).toBe(0);
    const leaves = Array.from({ length: 10_000 }, (_, index) => {
      return hub.subscribe(store.source!, { type: `Type${index % 3}`, id: `${index}` }, () => {});
    });
    await vi.waitFor(() => expect(clock.dues).toEqual([50]));
    for (const leave of leaves) leave();
    expect(clock.waiting).toBe(0);
    const leave = hub.subscribe(store.source!, visits, () => {});
    await vi.waitFor(() => expect(clock.dues).toEqual([50]));
    leave();
    leave();
    expect(clock.waiting).toBe(0);
  });

  test("looks no more than a quarter of the time, however much there is to look at", async () => {
    const file = newFile();
    const { clock, listen } = file.open();
    listen();
    // The first look takes 100 ms.
    clock.pass(100);
    await vi.waitFor(() => expect(clock.dues).toEqual([300]));
  });

  test("carries hang-ups once to other processes, and keeps them for a minute", async () => {
    const file = newFile();
    const [here, there] = [file.open(), file.open()];
    const hangUp: News = { kind: "hangUp", type: "_nasc", id: "hangUp", user: "ann" };
    const [mine, theirs] = [[] as News[], [] as News[]];
    here.hub.subscribe("_nasc", hangUp, (news) => mine.push(news));
    there.hub.subscribe("_nasc", hangUp, (news) => theirs.push(news));
    await look(here.clock);
    await look(there.clock);
    await here.hub.publish("_nasc", hangUp);
    await there.store.commit([{ type: "Other", key: "x", value: 1 }]);
    for (const { clock } of [here, there, here, there]) await look(clock);
    expect([mine, theirs]).toEqual([[hangUp], [hangUp]]);
    // Whoever comes later opens no stream that this was about.
    file.time += 2_000;
    const late = file.open();
    late.hub.subscribe("_nasc", hangUp, (news) => theirs.push(news));
    await look(late.clock);
    expect(theirs).toEqual([hangUp]);
    file.time += 60_000;
    await late.hub.publish("_nasc", { ...hangUp, user: "bob" });
    const stranger = new DatabaseSync(file.path);
    const notes = stranger.prepare("select text from rian_notes").all();
    stranger.close();
    expect(notes).toEqual([{ text: expect.stringContaining('"user":"bob"') }]);
  });

  test("ignores what others write where its notes are, and metadata that are none", async () => {
    const file = newFile();
    const onError = vi.fn();
    const here = file.open({ onError });
    await here.process(counterMessage());
    await here.hub.publish("_nasc", { kind: "hangUp", type: "_nasc", id: "x", user: "ann" });
    const users: News[] = [];
    here.hub.subscribe("_nasc", { type: "_nasc", id: "hangUp" }, (news) => users.push(news));
    const { heard } = here.listen();
    await look(here.clock);
    const stranger = new DatabaseSync(file.path);
    closing.push(() => stranger.close());
    const note = stranger.prepare("insert into rian_notes (at, text) values (?, ?)");
    const from = "stranger";
    for (
      const text of [
        "{",
        "null",
        JSON.stringify({
          from,
          source: "_nasc",
          news: { kind: "hangUp", type: "_nasc", id: "hangUp" },
        }),
        "x".repeat(100_000),
      ]
    ) note.run(file.time, text);
    const version = stranger.prepare('update "Counter" set metadata = ?, version = ?');
    for (const metadata of ["[", '{"rev":"2"}', '{"rev":-1,"epoch":{"a":1}}', "[1]"]) {
      version.run(metadata, `v${metadata}`);
      await look(here.clock);
    }
    // Each is another state, of no known revision.
    expect(revs(heard)).toEqual([1, 0, 0, 0, 0]);
    expect(new Set(heard.map((news) => news.kind === "change" && news.epoch)).size).toBe(5);
    expect([users, onError.mock.calls]).toEqual([[], []]);
    const news = { kind: "hangUp", type: "_nasc", id: "hangUp", user: "ann" };
    note.run(file.time, JSON.stringify({ from, source: "_nasc", news }));
    await look(here.clock);
    expect(users).toEqual([news]);
  });

  test("reports a file that fails once, and hears again when it works again", async () => {
    const file = newFile();
    const onError = vi.fn();
    const [here, there] = [file.open({ onError }), file.open()];
    await there.process(counterMessage());
    const { heard } = here.listen();
    await look(here.clock);
    const stranger = new DatabaseSync(file.path);
    closing.push(() => stranger.close());
    stranger.exec('alter table "Counter" rename column version to gone');
    await look(here.clock);
    await look(here.clock);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(onError.mock.calls[0]![0].message).toContain("Counter");
    stranger.exec('alter table "Counter" rename column gone to version');
    await there.process(counterMessage());
    await look(here.clock);
    expect(revs(heard)).toEqual([1, 2]);
  });

  test("tells what a mapped store has in ordinary tables", async () => {
    const path = join(folder, "mapped.db");
    const properties = { count: { type: "number" } };
    const open = () =>
      new SqliteMappedStore(path, {
        mapping: { Counter: { "x-na:store": { entity: "counters", pk: "id" } } },
        schema: { $defs: { Counter: { properties } } },
      });
    const [mine, theirs] = [open(), open()];
    const clock = new SteppedClock();
    const hub = sqliteHub(mine, { clock });
    closing.push(() => mine.close(), () => theirs.close(), () => hub.close());
    const heard: News[] = [];
    hub.subscribe(mine.source!, visits, (news) => heard.push(news));
    await look(clock);
    const process = createProcessor(counterHandlers, theirs);
    await process(counterMessage());
    await look(clock);
    await process(counterMessage());
    await look(clock);
    expect(revs(heard)).toEqual([0, 1, 2]);
  });

  test("serves its own process alone once it is closed", async () => {
    const { store, clock, hub, process, listen } = newFile().open();
    const { heard } = listen();
    {
      using closed: ClosableHub = hub;
      expect(closed).toBe(hub);
    }
    hub.close();
    expect(clock.waiting).toBe(0);
    await process(counterMessage());
    expect(revs(heard)).toEqual([1]);
    hub.subscribe(store.source!, { type: "Counter", id: "later" }, () => {});
    expect(clock.waiting).toBe(0);
  });

  test.for<[string, unknown, unknown]>([
    ["store is a value of type Object", new MemoryStore(), {}],
    ['store is "app.db", a string', "app.db", {}],
    ["poll is 0", new SqliteStore(":memory:"), { poll: 0 }],
    ["interval is not an option", new SqliteStore(":memory:"), { interval: 5 }],
  ])("says what is wrong: %s", ([message, store, options]) => {
    expect(() => sqliteHub(store as SqliteStore, options as object)).toThrow(
      `Cannot make a hub of SQLite: ${message}`,
    );
  });
});
