import { naOptimistic } from "../page/attributes.ts";
import type { Path } from "../page/expression.ts";
import type { Guess, State } from "./change.ts";
import { attribute } from "./dom.ts";
import type { Report } from "./report.ts";

/** Makes a guess at what an event will do to what the page shows. */
export type MakeGuess = (state: State, eventId: string) => Guess | undefined;

/** Options of {@link guessing}. */
export interface GuessingOptions {
  readonly parse: (text: string) => Path;
  readonly report: Report;
}

/** What {@link guessing} returns. */
export interface Guessing {
  /** Loads how guesses are made, for a page that has one. */
  load(): void;
  /** Returns what makes a guess at an event of an element, if it has one. */
  of(element: Element, payload: unknown): MakeGuess | undefined;
}

/** Returns what guesses what events will do. Until that is loaded, the page waits for the server. */
export function guessing({ parse, report }: GuessingOptions): Guessing {
  let loading: Promise<typeof import("./optimistic.ts")> | undefined;
  let loaded: typeof import("./optimistic.ts") | undefined;
  return {
    load() {
      loading ??= import("./optimistic.ts");
      loading.then((module) => loaded = module, () => loading = undefined);
    },
    of(element, payload) {
      const text = attribute(element, naOptimistic);
      if (text === null) return undefined;
      return (state, eventId) => {
        try {
          return loaded?.guessOf(text, { element, eventId, payload, state, parse });
        } catch {
          report("no-guess", text);
          return undefined;
        }
      };
    },
  };
}
