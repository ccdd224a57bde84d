import { equal } from "../../../src/shared/equal.ts";
import { SteppedClock } from "../../support/clock.ts";
import { ModelPage } from "./page.ts";
import { handlers, ModelServer, type View } from "./server.ts";

/** One page sees all, one nothing that is hidden, and one the items only. */
const view: View = (state, page) => {
  const { hidden, items, filler } = state;
  if (page === 1) return hidden ? undefined : { ...state };
  return page === 2 ? { items, filler } : { ...state };
};

/** What can happen, and how often beside the others. */
const weights = {
  mine: 5,
  theirs: 2,
  revert: 2,
  recreate: 1,
  serve: 4,
  serveElsewhere: 2,
  loseAnswer: 2,
  loseRequest: 1,
  answer: 5,
  look: 4,
  deliver: 6,
  break: 1,
  breakUnnoticed: 1,
  reopen: 1,
  wait: 3,
  waitLong: 1,
  refresh: 1,
};

/** What can happen. */
export type Kind = keyof typeof weights;

/** What can happen, each as often as it is likely. */
export const kinds: readonly Kind[] = Object.entries(weights)
  .flatMap(([kind, weight]) => Array<Kind>(weight).fill(kind as Kind));

/** One thing that happens, to one page or one instance. */
export interface Step {
  readonly kind: Kind;
  readonly page: number;
  readonly id: string;
  readonly event: string;
}

/** What the pages of a world use, and how its server is. */
export interface Conditions {
  readonly isStreaming: boolean;
  readonly isSilent: boolean;
}

/** Several pages and their server, with all that is on its way between them. */
export class World {
  readonly clock: SteppedClock = new SteppedClock();
  readonly server: ModelServer;
  readonly pages: readonly ModelPage[];
  /** The newest revision that a page has shown of each creation. */
  readonly #newest = new Map<string, number>();
  #marks = 0;

  constructor({ isStreaming, isSilent }: Conditions) {
    this.server = new ModelServer(view, { isSilent });
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
      case "serveElsewhere":
        page.network.serve({ isElsewhere: true });
        break;
      case "loseAnswer":
        page.network.serve({ isLost: true });
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
    this.check();
  }

  /** Throws if a page shows what was never so, or goes back to what was before that. */
  check(): void {
    for (const [number, page] of this.pages.entries()) {
      for (const id of ["a", "b"]) {
        const shown = page.shown(id);
        if (!shown) continue;
        const { epoch, rev, state } = shown;
        const creation = `${number} ${id} ${epoch}`;
        const newest = this.#newest.get(creation) ?? 0;
        if (rev < newest) throw new Error(`Page ${number} goes back from ${newest} to ${rev}`);
        this.#newest.set(creation, rev);
        const was = this.server.was({ epoch, rev }, number);
        if (equal(state, was)) continue;
        throw new Error(`Page ${number} shows ${id} wrongly at ${epoch}.${rev}`);
      }
    }
  }

  look(): void {
    for (const stream of this.server.streams.values()) stream.look();
  }

  /** Lets everything arrive, and time pass, until nothing more happens. */
  async calm(): Promise<void> {
    for (let quiet = 0; quiet < 4; quiet++) {
      if (await this.arrive()) quiet = 0;
      this.clock.pass(5_000);
      await settled();
    }
  }

  /** Lets everything arrive, in no time; returns whether anything did. */
  async arrive(): Promise<boolean> {
    for (let round = 0; round < 1_000; round++) {
      this.look();
      if (this.pages.every(({ network }) => network.isQuiet)) return round > 0;
      for (const { network } of this.pages) {
        network.serve();
        network.answer();
        network.deliver();
      }
      await settled();
      this.check();
    }
    throw new Error("The pages never come to rest");
  }

  close(): void {
    for (const page of this.pages) page.close();
  }
}

/** Resolves once everything that is ready has run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
