import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { SteppedClock } from "../support/clock.ts";
import { ModelPage } from "./model/page.ts";
import { handlers, ModelServer, type View } from "./model/server.ts";

// A browser's, which Node lacks: the page listens for `online` and `pageshow`.
beforeAll(() => void vi.stubGlobal("addEventListener", () => {}));
afterAll(() => void vi.unstubAllGlobals());

/** One page sees all, one nothing that is hidden, and one the items only. */
const view: View = (state, page) => {
  const { hidden, items, filler } = state;
  if (page === 1) return hidden ? undefined : { ...state };
  return page === 2 ? { items, filler } : { ...state };
};

const events = Object.keys(handlers);
const kinds = [
  "mine",
  "mine",
  "mine",
  "theirs",
  "theirs",
  "revert",
  "recreate",
  "serve",
  "serve",
  "serve",
  "loseAnswer",
  "loseRequest",
  "answer",
  "answer",
  "look",
  "look",
  "deliver",
  "deliver",
  "deliver",
  "break",
  "breakUnnoticed",
  "reopen",
  "wait",
  "waitLong",
  "refresh",
] as const;

interface Step {
  readonly kind: (typeof kinds)[number];
  readonly page: number;
  readonly id: string;
  readonly event: string;
}

/** Several pages and their server, with all that is on its way between them. */
class World {
  readonly clock = new SteppedClock();
  readonly server = new ModelServer(view);
  readonly pages: readonly ModelPage[];
  #marks = 0;

  constructor(isStreaming: boolean) {
    this.pages = [0, 1, 2].map((number) =>
      new ModelPage(this.server, { number, clock: this.clock, isStreaming })
    );
  }

  async take({ kind, page: number, id, event }: Step): Promise<void> {
    const page = this.pages[number]!;
    const mark = `m${++this.#marks}`;
    switch (kind) {
      case "mine":
        page.send(id, event, mark);
        break;
      case "theirs":
        this.server.change(id, handlers[event]!, mark);
        break;
      case "revert":
        this.server.revert(id);
        break;
      case "recreate":
        this.server.recreate(id);
        break;
      case "serve":
        page.network.serve();
        break;
      case "loseAnswer":
        page.network.serve(true);
        break;
      case "loseRequest":
        page.network.lose();
        break;
      case "answer":
        page.network.answer();
        break;
      case "look":
        this.look();
        break;
      case "deliver":
        page.network.deliver();
        break;
      case "break":
      case "breakUnnoticed":
        page.network.break(kind === "break");
        break;
      case "reopen":
        page.network.reopen();
        break;
      case "wait":
        this.clock.pass(300);
        break;
      case "waitLong":
        this.clock.pass(2_500);
        break;
      case "refresh":
        page.refresh();
        break;
    }
    await settled();
  }

  look(): void {
    for (const stream of this.server.streams.values()) stream.look();
  }

  /** Lets everything arrive, until nothing is on its way. */
  async calm(): Promise<void> {
    for (let round = 0, quiet = 0; quiet < 4; round++) {
      if (round === 500) throw new Error("The pages never come to rest");
      this.look();
      const isQuiet = this.pages.every(({ network }) => network.isQuiet);
      quiet = isQuiet ? quiet + 1 : 0;
      for (const { network } of this.pages) {
        network.serve();
        network.answer();
        network.deliver();
      }
      if (isQuiet) this.clock.pass(quiet === 1 ? 100 : 5_000);
      await settled();
    }
  }

  close(): void {
    for (const page of this.pages) page.close();
  }
}

/** Resolves once everything that is ready has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...kinds),
  page: fc.constantFrom(0, 1, 2),
  id: fc.constantFrom("a", "a", "a", "b"),
  event: fc.constantFrom(...events),
});

async function check(steps: readonly Step[], isStreaming: boolean): Promise<void> {
  const world = new World(isStreaming);
  const { server, pages } = world;
  for (const each of steps) await world.take(each);
  await world.calm();
  for (const [number, page] of pages.entries()) {
    for (const id of ["a", "b"]) expect(page.shown(id)).toEqual(server.seen(id, number));
    for (const { mark, result } of page.sent) {
      expect(result, `the event ${mark}`).toBeDefined();
      expect(server.ran.filter((each) => each === mark)).toHaveLength(result!.ok ? 1 : 0);
    }
  }
  world.close();
}

test("however frames and answers are delayed, lost and overtaken, each page ends with what is stored, and each event is applied once and settled", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) => check(steps, true)),
    { numRuns: 1_000 },
  );
});
