import { defineHandler, type Handler, type HandlerContext, type Handlers } from "../../mod.ts";

/** A card as boards of the second version hold it; in the first, it was its title alone. */
interface Card {
  readonly title: string;
}

interface RatedCard extends Card {
  readonly votes: number;
}

async function remove<State>(
  _payload: unknown,
  state: State,
  context: HandlerContext,
): Promise<State> {
  await context.delete();
  return state;
}

function nothing<State>(_payload: unknown, state: State): State {
  return state;
}

const first = {
  mount: () => ({ cards: ["Milk"] }),
  add: (title: string, { cards }: { cards: string[] }) => ({ cards: [...cards, title] }),
  nothing,
  remove,
} as Handler;

const second = defineHandler()({
  mount: () => ({ cards: [{ title: "Milk" }] as Card[] }),
  version: 2,
  migrate: ({ cards }) => ({ cards: cards.map((title: string) => ({ title })) }),
  add: (title: string, { cards }) => ({ cards: [...cards, { title }] }),
  nothing,
  remove,
});

const third = defineHandler()({
  mount: () => ({ cards: [{ title: "Milk", votes: 0 }] as RatedCard[] }),
  version: 3,
  migrate(state, from) {
    // What it is given is its own.
    if (from === 1) state.cards = state.cards.map((title: string) => ({ title }));
    for (const card of state.cards) card.votes = 0;
    return state;
  },
  add: (title: string, { cards }) => ({ cards: [...cards, { title, votes: 0 }] }),
  nothing,
  remove,
});

/** Tells boards what to do, and has no versions. */
const boss = {
  mount: () => ({ seen: undefined as unknown }),
  async look({ type, id }: { type: string; id: string }, _: object, { read }: HandlerContext) {
    return { seen: await read(type, id) };
  },
  async order({ type, id }: { type: string; id: string }, state: object, context: HandlerContext) {
    await context.update(type, id, (board) => ({ cards: [...board.cards, board.cards[0]] }));
    return state;
  },
  async drop({ type, id }: { type: string; id: string }, state: object, context: HandlerContext) {
    await context.delete(type, id);
    return state;
  },
} as unknown as Handler;

/** Returns the handlers of an application in which boards are of this version. */
export function boardHandlers(version: 1 | 2 | 3, type = "Board"): Handlers {
  const board = version === 1 ? first : version === 2 ? second : third;
  return { [type]: board as unknown as Handler, Boss: boss };
}
