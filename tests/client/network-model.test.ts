import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { handlers } from "./model/server.ts";
import { type Conditions, type Kind, kinds, type Step, World } from "./model/world.ts";

// A browser's, which Node lacks: the page listens for `online` and `pageshow`.
beforeAll(() => {
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("document", { __proto__: { hidden: false } });
});
afterAll(() => void vi.unstubAllGlobals());

function stepOf(kinds: readonly Kind[]): fc.Arbitrary<Step> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    page: fc.constantFrom(0, 0, 0, 1, 2),
    id: fc.constantFrom("a", "a", "a", "a", "a", "b"),
    event: fc.constantFrom(...Object.keys(handlers)),
  });
}

function stepsOf(kinds: readonly Kind[]): fc.Arbitrary<Step[]> {
  return fc.array(stepOf(kinds), { minLength: 10, maxLength: 60 });
}

/** Opens pages that show all, and lets this happen. */
async function play(steps: readonly Partial<Step>[], conditions: Conditions): Promise<World> {
  const world = new World(conditions);
  await world.calm();
  for (const each of steps) {
    await world.take({ kind: "serve", page: 0, id: "a", event: "count", ...each });
  }
  return world;
}

/** Compares each page with what is stored, and its events with what was applied. */
function compare({ pages, server }: World): void {
  for (const [number, page] of pages.entries()) {
    for (const id of ["a", "b"]) {
      expect(page.shown(id)?.state, `page ${number}, ${id}`).toEqual(server.seen(id, number));
    }
    for (const { mark, result } of page.sent) {
      expect(result, `the event ${mark}`).toBeDefined();
      expect(server.ran.filter((each) => each === mark)).toHaveLength(result!.ok ? 1 : 0);
    }
  }
}

test.for([false, true])(
  "however frames and answers are delayed, lost and overtaken, each page ends with what is stored, and each event is applied once and settled (a silent server: %s)",
  async (isSilent) => {
    await fc.assert(
      fc.asyncProperty(stepsOf(kinds), async (steps) => {
        const world = await play(steps, { isStreaming: true, isSilent });
        await world.calm();
        compare(world);
        world.close();
      }),
      { numRuns: 400 },
    );
  },
);

test("where nothing is lost, pages are right and events settled as soon as all has arrived", async () => {
  const losses: readonly Kind[] = [
    "loseAnswer",
    "loseRequest",
    "break",
    "breakUnnoticed",
    "wait",
    "waitLong",
    "refresh",
    "reopen",
  ];
  const orderly = kinds.filter((kind) => !losses.includes(kind));
  await fc.assert(
    fc.asyncProperty(stepsOf(orderly), async (steps) => {
      const world = await play(steps, { isStreaming: true, isSilent: false });
      await world.arrive();
      compare(world);
      world.close();
    }),
    { numRuns: 400 },
  );
});

test("without streams, each event is applied once and settled, and brings its page what is stored", async () => {
  await fc.assert(
    fc.asyncProperty(stepsOf(kinds), async (steps) => {
      const world = await play(steps, { isStreaming: false, isSilent: true });
      await world.calm();
      for (const [number, page] of world.pages.entries()) {
        page.send("a", "add", `last of ${number}`);
        await world.calm();
        expect(page.shown("a")?.state).toEqual(world.server.seen("a", number));
        for (const { mark, result } of page.sent) {
          expect(world.server.ran.filter((each) => each === mark)).toHaveLength(result!.ok ? 1 : 0);
        }
      }
      world.close();
    }),
    { numRuns: 200 },
  );
});

test("a page whose own change was undone is right again, though its stream says nothing of either", async () => {
  const world = await play([
    { kind: "mine" },
    { kind: "serveElsewhere" },
    { kind: "answer" },
    { kind: "revert" },
  ], { isStreaming: true, isSilent: true });
  await world.arrive();
  expect([world.pages[0]!.shown("a")!.rev, world.server.at("a").rev]).toEqual([2, 3]);
  await world.calm();
  compare(world);
  world.close();
});

test("the late answer to an event that was sent twice does not bring back what was before", async () => {
  const world = await play([
    { kind: "mine" },
    { kind: "loseAnswer" },
    { kind: "wait" },
    { kind: "serve" },
    { kind: "theirs" },
    { kind: "look" },
    { kind: "deliver" },
    { kind: "answer" },
  ], { isStreaming: true, isSilent: false });
  expect(world.pages[0]!.shown("a")!.rev).toBe(3);
  await world.arrive();
  compare(world);
  world.close();
});
