import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { handlers } from "./model/server.ts";
import { type Conditions, kinds, type Step, World } from "./model/world.ts";

// A browser's, which Node lacks: the page listens for `online` and `pageshow`.
beforeAll(() => void vi.stubGlobal("addEventListener", () => {}));
afterAll(() => void vi.unstubAllGlobals());

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  page: fc.constantFrom(0, 0, 0, 1, 2),
  id: fc.constantFrom("a", "a", "a", "a", "a", "b"),
  event: fc.constantFrom(...Object.keys(handlers)),
});

/** Lets all this happen and then everything arrive, and compares each page with what is stored. */
async function check(steps: readonly Partial<Step>[], conditions: Conditions): Promise<World> {
  const world = new World(conditions);
  const { server, pages } = world;
  await world.calm();
  for (const each of steps) {
    await world.take({ kind: "serve", page: 0, id: "a", event: "count", ...each });
  }
  await world.calm();
  for (const [number, page] of pages.entries()) {
    for (const id of ["a", "b"]) {
      expect(page.shown(id)?.state, `page ${number}, ${id}`).toEqual(server.seen(id, number));
    }
    for (const { mark, result } of page.sent) {
      expect(result, `the event ${mark}`).toBeDefined();
      expect(server.ran.filter((each) => each === mark)).toHaveLength(result!.ok ? 1 : 0);
    }
  }
  world.close();
  return world;
}

test.for([false, true])(
  "however frames and answers are delayed, lost and overtaken, each page ends with what is stored, and each event is applied once and settled (a silent server: %s)",
  async (isSilent) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 60 }),
        async (steps) => void await check(steps, { isStreaming: true, isSilent }),
      ),
      { numRuns: 1_000 },
    );
  },
);

test("a page whose own change was undone is right again, though its stream says nothing of either", async () => {
  const world = await check([
    { kind: "mine" },
    { kind: "serveElsewhere" },
    { kind: "answer" },
    { kind: "revert" },
  ], { isStreaming: true, isSilent: true });
  expect(world.server.at("a").rev).toBe(3);
});
