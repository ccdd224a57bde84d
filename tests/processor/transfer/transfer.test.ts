import { createReadStream, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { SqliteStore } from "../../../adapters/sqlite.ts";
import {
  ConflictError,
  createProcessor,
  type HandlerContext,
  MemoryStore,
  NascError,
} from "../../../mod.ts";
import { exportInstances, importInstances } from "../../../src/router/mod.ts";
import { systemClock } from "../../../src/shared/clock.ts";
import { counterHandlers, counterMessage } from "../../support/counter.ts";
import { mortal } from "../send/mailbox.ts";
import { testImports } from "./imports-suite.ts";

const types = ["Counter"];

async function allOf(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function counted(times: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  const process = createProcessor(counterHandlers, store);
  for (let n = 1; n <= times; n++) await process(counterMessage({ eventId: `e${n}` }));
  return store;
}

describe("instances that move to another store", () => {
  test("keep their state and their revision, through a file and to SQLite", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rian-transfer-"));
    const backup = join(folder, "backup.jsonl");
    const from = await counted(3);
    writeFileSync(backup, (await allOf(exportInstances(from, { types }))).join("\n") + "\n");

    const to = new SqliteStore(join(folder, "app.db"));
    const lines = createInterface({ input: createReadStream(backup) });
    expect(await importInstances(to, lines)).toEqual({ imported: 1, kept: 0 });
    const [before, after] = [
      await from.get("Counter", "visits"),
      await to.get("Counter", "visits"),
    ];
    expect(after?.value).toEqual({ count: 3 });
    expect(after?.metadata).toEqual(before?.metadata);
    await to.close();
  });

  test("keep the ids of 200 events, so none of them is applied again", async () => {
    const to = new MemoryStore();
    await importInstances(to, exportInstances(await counted(200), { types }));
    const process = createProcessor(counterHandlers, to);
    for (let n = 1; n <= 200; n++) await process(counterMessage({ eventId: `e${n}` }));
    expect(await to.load("Counter", "visits")).toMatchObject({ count: 200 });
  });

  test("keep what they have sent to others, which arrives once where they are now", async () => {
    const from = new MemoryStore();
    const Note = {
      mount: () => ({ lines: [] }),
      write: (line: string, { lines }: { lines: string[] }) => ({ lines: [...lines, line] }),
      pass(line: string, state: object, context: HandlerContext) {
        context.send("Note", "other", "write", line);
        context.send("Note", "other", "write", `${line}, later`, { delay: 60_000 });
        context.send("Note", "other", "tear");
        return state;
      },
      tear(): never {
        throw new NascError("whole", "A note stays whole");
      },
    };
    const first = createProcessor({ Note }, from, { onError: () => {} });
    await first({ type: "Note", instance: "one", event: "pass", payload: "dead" });
    await first.drain();
    const { store, kill } = mortal(from, (types) => types.includes("_nasc_outbox"));
    void createProcessor({ Note }, store, { onError: () => {} })(
      { type: "Note", instance: "one", event: "pass", payload: "left" },
    );
    await expect.poll(() => from.count("_nasc_outbox")).toBe(2);
    kill();
    const to = new MemoryStore();
    expect(await importInstances(to, exportInstances(from, { types: ["Counter"] })))
      .toEqual({ imported: 0, kept: 0 });
    expect(await importInstances(to, exportInstances(from, { types: ["Note"] })))
      .toEqual({ imported: 2, kept: 0 });
    const clock = { ...systemClock, now: () => Date.now() + 60_000 };
    const second = createProcessor({ Note }, to, { clock, onError: () => {} });
    expect(await second.deadMessages()).toHaveLength(1);
    await second.drain();
    const { lines } = await to.load("Note", "other");
    expect(lines).toEqual(["dead", "left", "dead, later", "left, later"]);
  });

  test("keep every value that can be stored, and every id", async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.date({ noInvalidDate: true }),
      fc.bigInt(),
      fc.uint8Array(),
      fc.constantFrom(-0, NaN, Infinity, undefined),
    );
    const id = fc.string({ minLength: 1, unit: "grapheme" });
    const states = fc.dictionary(id, fc.dictionary(fc.string(), value), { maxKeys: 5 });
    await fc.assert(fc.asyncProperty(states, async (states) => {
      const [from, to] = [new MemoryStore(), new MemoryStore()];
      for (const [id, state] of Object.entries(states)) {
        await from.persist("Counter", id, {}, state);
      }
      await importInstances(to, await allOf(exportInstances(from, { types })));
      for (const id of Object.keys(states)) {
        expect(await to.load("Counter", id)).toEqual(await from.load("Counter", id));
      }
    }));
  });

  test("leave those of other types where they are", async () => {
    const from = await counted(1);
    await from.persist("Session", "s", {}, { token: "secret" });
    const lines = await allOf(exportInstances(from, { types }));
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("secret");
  });
});

describe("an instance that is there already", () => {
  test("ends the import, and stays as it is", async () => {
    const to = await counted(1);
    await expect(importInstances(to, exportInstances(await counted(3), { types })))
      .rejects.toThrow(ConflictError);
    expect(await to.load("Counter", "visits")).toMatchObject({ count: 1 });
  });

  test("is kept, or replaced, where the caller says so", async () => {
    const to = await counted(1);
    const lines = await allOf(exportInstances(await counted(3), { types }));
    expect(await importInstances(to, lines, { existing: "keep" })).toEqual({
      imported: 0,
      kept: 1,
    });
    expect(await to.load("Counter", "visits")).toMatchObject({ count: 1 });
    expect(await importInstances(to, lines, { existing: "replace" })).toEqual({
      imported: 1,
      kept: 0,
    });
    expect(await to.load("Counter", "visits")).toMatchObject({ count: 3 });
  });
});

test.for([["keep"], ["refuse"]] as const)(
  "what is left of an instance that was deleted since is kept, where existing is %s",
  async ([existing]) => {
    const handlers = {
      Counter: {
        ...counterHandlers.Counter,
        async end(_: unknown, __: unknown, context: HandlerContext) {
          await context.delete();
        },
      },
    };
    const from = await counted(1);
    await createProcessor(handlers, from)(counterMessage({ event: "end" }));
    const lines = await allOf(exportInstances(from, { types }));
    const to = new MemoryStore();
    await importInstances(to, lines);
    const process = createProcessor(handlers, to);
    await process(counterMessage({ eventId: "since" }));
    await process(counterMessage({ event: "end" }));
    // As after an import that was interrupted.
    await importInstances(to, lines, { existing });
    for (const eventId of ["e1", "since"]) await process(counterMessage({ eventId }));
    expect(await to.load("Counter", "visits")).toBeNull();
  },
);

describe("a line that no export has written", () => {
  test.for<[string, string]>([
    ["no JSON", "count,3"],
    ["a number", "5"],
    ["no type", '{"id":"a","value":{}}'],
    ["no id", '{"type":"Counter","value":{}}'],
    ["no value", '{"type":"Counter","id":"a"}'],
    ["a value in a format that is not known", '{"type":"Counter","id":"a","format":9,"text":"x"}'],
    ["a prototype in its value", '{"type":"Counter","id":"a","value":{"__proto__":{"x":1}}}'],
  ])("with %s is refused by its number, and nothing of it is written", async ([, line]) => {
    const to = new MemoryStore();
    await expect(importInstances(to, [line])).rejects.toThrow(
      /^Cannot import instances: line 1 is damaged: /,
    );
    expect(await to.load("Counter", "a")).toBeNull();
  });
});

testImports("MemoryStore", () => {
  return { type: "Counter", from: new MemoryStore(), to: new MemoryStore() };
});

testImports("a SQLite file", () => {
  const to = new SqliteStore(join(mkdtempSync(join(tmpdir(), "rian-transfer-")), "app.sqlite"));
  onTestFinished(() => to.close());
  return { type: "Counter", from: new MemoryStore(), to };
});
