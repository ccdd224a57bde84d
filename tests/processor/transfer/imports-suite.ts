import { expect, test } from "vitest";
import { type Adapter, ConflictError, createProcessor, type HandlerContext } from "../../../mod.ts";
import { exportInstances, importInstances } from "../../../src/router/mod.ts";
import { counterHandlers, counterMessage, countOf, errorCode } from "../../support/counter.ts";

/** Two storages between which instances move. */
export interface Storages {
  /** A type of which neither has anything. */
  readonly type: string;
  readonly from: Adapter;
  readonly to: Adapter;
}

/**
 * Returns tests, by name, of what an import makes of what its target knows.
 *
 * @param prepare Is called for each test.
 */
export function importCases(
  prepare: () => Storages,
): Readonly<Record<string, () => Promise<void>>> {
  function start() {
    const { type, from, to } = prepare();
    const handlers = {
      [type]: {
        ...counterHandlers["Counter"]!,
        async end(_payload: unknown, _state: object, context: HandlerContext) {
          await context.delete();
        },
      },
    };
    function sender(store: Adapter) {
      const process = createProcessor(handlers, store);
      return (parts: object) => process(counterMessage({ type, ...parts }));
    }
    async function exported(): Promise<string[]> {
      const lines: string[] = [];
      for await (const line of exportInstances(from, { types: [type] })) lines.push(line);
      return lines;
    }
    return { type, to, exported, atFrom: sender(from), atTo: sender(to) };
  }

  async function keep(): Promise<void> {
    const { type, to, exported, atFrom, atTo } = start();
    await atFrom({ eventId: "before" });
    const lines = await exported();
    await importInstances(to, lines);
    await atTo({ eventId: "since" });
    await atTo({ event: "end", eventId: "end" });
    const again = await importInstances(to, lines, { existing: "keep" });
    expect(again).toEqual({ imported: 0, kept: 1 });
    expect(await to.load(type, "visits")).toBeNull();
    // What was applied before it was deleted brings nothing back.
    for (const eventId of ["before", "since", "end"]) {
      expect(errorCode(await atTo({ eventId, ...(eventId === "end" && { event: "end" }) })))
        .toBe("gone");
    }
    expect(await to.load(type, "visits")).toBeNull();
  }

  async function refuse(): Promise<void> {
    const { type, to, exported, atFrom, atTo } = start();
    await atFrom({ eventId: "before" });
    await atTo({ eventId: "here" });
    await atTo({ event: "end" });
    const error = await importInstances(to, await exported()).catch((error) => error);
    expect(error).toBeInstanceOf(ConflictError);
    expect(error.message).toContain(`${type}/visits`);
    expect(await to.load(type, "visits")).toBeNull();
  }

  async function replace(): Promise<void> {
    const { type, to, exported, atFrom, atTo } = start();
    await atFrom({ eventId: "before" });
    await atTo({ eventId: "here" });
    await atTo({ event: "end" });
    const lines = await exported();
    const replaced = await importInstances(to, lines, { existing: "replace" });
    expect(replaced).toEqual({ imported: 1, kept: 0 });
    expect(countOf(await atTo({ eventId: "before" }))).toBe(1);
    // It can be deleted and made anew, as if it had always been there.
    await atTo({ event: "end" });
    expect(countOf(await atTo({ eventId: "anew" }))).toBe(1);
    expect(await to.load(type, "visits")).toEqual({ count: 1 });
  }

  async function deletedThere(): Promise<void> {
    for (const existing of ["keep", "refuse", "replace"] as const) {
      const { type, to, exported, atFrom, atTo } = start();
      await atFrom({ eventId: "before" });
      await atFrom({ event: "end" });
      await atTo({ eventId: "here" });
      await importInstances(to, await exported(), { existing });
      const left = existing === "replace" ? null : { count: 1 };
      expect([existing, await to.load(type, "visits")]).toEqual([existing, left]);
      const said = await atTo({ eventId: existing === "replace" ? "before" : "here" });
      expect([existing, errorCode(said)]).toEqual([existing, left ? undefined : "gone"]);
      await atTo({ event: "end" });
      expect(countOf(await atTo({ eventId: "anew" }))).toBe(1);
    }
  }

  async function noStates(): Promise<void> {
    const { type, to } = start();
    const state = '{"count":1}';
    for (
      const line of [
        ...["5", '"text"', "[1]", "null", "true"].map((value) =>
          `{"type":"${type}","id":"a","value":${value}}`
        ),
        `{"type":"${type}","id":"a","format":2,"text":"[[\\"Date\\",\\"2026-01-01T00:00:00.000Z\\"]]"}`,
        `{"type":"_nasc_gone","id":"[\\"${type}\\",\\"a\\"]","value":5}`,
        `{"type":"_nasc_gone","id":"a","value":{"rev":1,"epoch":"a"}}`,
        `{"type":"_nasc_receipts","id":"[\\"${type}\\",\\"a\\",\\"\\"]","value":"text"}`,
        `{"type":"_nasc_receipts","id":"[5]","value":{"tree":"a","lines":""}}`,
        `{"type":"_nasc_gone","id":"[\\"_nasc_gone\\",\\"a\\"]","value":${state}}`,
        `{"type":"_nasc_else","id":"a","value":${state}}`,
      ]
    ) {
      for (const existing of ["refuse", "keep", "replace"] as const) {
        await expect(importInstances(to, [line], { existing }), line)
          .rejects.toThrow(/^Cannot import instances: line 1 is damaged: /);
      }
      expect(await to.load(type, "a")).toBeNull();
    }
  }

  return {
    'an import with "keep" brings back nothing that was deleted since': keep,
    'an import with "refuse" ends at what was deleted': refuse,
    'an import with "replace" brings back what was deleted, whole': replace,
    'what was deleted where it comes from ends what is there with "replace" only': deletedThere,
    "what no instance can hold is refused, and nothing of it is written": noStates,
  };
}

/** Tests what an import makes of what its target knows. */
export function testImports(name: string, prepare: () => Storages): void {
  test.for(Object.entries(importCases(prepare)))(`on ${name}, %s`, ([, run]) => run());
}
