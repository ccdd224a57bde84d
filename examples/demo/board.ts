import {
  defineHandler,
  type Handler,
  type HandlerContext,
  type MountParams,
  NascError,
} from "rian";
import {
  type Card,
  changed,
  find,
  type Item,
  itemsIn,
  type List,
  moved,
  put,
  take,
} from "./board-items.ts";
import { lastOf, type Step, withStep } from "./board-undo.ts";
import type { Guest } from "./guest.ts";
import { textOf } from "./text.ts";

/** A board: cards in lists. */
export interface Board {
  readonly id: string;
  readonly title: string;
  readonly lists: readonly List[];
  /** What happened last, in words. */
  readonly news: string;
  /** The latest changes, each with who can take it back. Pages do not see them. */
  readonly steps: readonly Step[];
}

type Context = HandlerContext<Guest | undefined>;

const most = { lists: 8, cards: 50, characters: 140 };

const events = defineHandler<{ user: Guest | undefined }>()({
  mount: ({ id }: MountParams): Board => ({
    id,
    title: "Our board",
    lists: [
      list("ideas", "Ideas", [
        "Open this page in a second window",
        "Switch JavaScript off: all of this still works",
        "Go offline, move a card, come back",
      ]),
      list("doing", "Doing", ["Move me: focus my text, then Shift and an arrow key"]),
      list("done", "Done", ["Learn Rian"]),
    ],
    news: "",
    steps: [],
  }),

  rename_board(payload, board, context) {
    const title = writtenIn(payload, "title", "Give the board a name");
    const step = { did: "set", id: "", before: { title: board.title }, after: { title } } as const;
    return told({ ...board, title }, `named the board “${title}”`, { context, step });
  },

  add_list(payload, board, context) {
    const name = writtenIn(payload, "name", "Give the list a name");
    return added(board, { id: context.eventId, name, cards: [] }, { context, into: "" });
  },

  add_card(payload, board, context) {
    const text = writtenIn(payload, "text", "Write what the card says");
    const into = textOf(payload, "list") ?? "";
    // By now, somebody else may have removed the list.
    if (!board.lists.some(({ id }) => id === into)) throw gone("list");
    return added(board, { id: context.eventId, text, done: false }, { context, into });
  },

  rename_list(payload, board, context) {
    const name = writtenIn(payload, "name", "Give the list a name");
    const { item } = known(board, payload);
    if (!("cards" in item)) throw gone("list");
    return set(board, item, { before: { name: item.name }, after: { name }, context });
  },

  rename_card(payload, board, context) {
    const text = writtenIn(payload, "text", "Write what the card says");
    const { item } = known(board, payload);
    if ("cards" in item) throw gone("card");
    return set(board, item, { before: { text: item.text }, after: { text }, context });
  },

  toggle_card(payload, board, context) {
    const { item } = known(board, payload);
    if ("cards" in item) throw gone("card");
    return set(board, item, { before: { done: item.done }, after: { done: !item.done }, context });
  },

  remove(payload, board, context) {
    const { item, ...from } = known(board, payload);
    const step = { did: "remove", id: item.id, from, item } as const;
    return told(take(board, item.id), `removed “${nameOf(item)}”`, { context, step });
  },

  move_up: (payload, board, context) => moveBy(board, payload, { context, rows: -1 }),
  move_down: (payload, board, context) => moveBy(board, payload, { context, rows: 1 }),
  move_left: (payload, board, context) => moveBy(board, payload, { context, lists: -1 }),
  move_right: (payload, board, context) => moveBy(board, payload, { context, lists: 1 }),

  /** Moves a card before another one, or to the end of a list: what dragging it says. */
  place_card(payload, board, context) {
    const { item } = known(board, payload);
    const into = textOf(payload, "list") ?? "";
    const cards = itemsIn(board, into);
    if ("cards" in item || into === "" || !cards) throw gone("list");
    const rest = cards.filter(({ id }) => id !== item.id);
    const before = rest.findIndex(({ id }) => id === textOf(payload, "before"));
    return moveTo(board, item, {
      context,
      to: { in: into, at: before < 0 ? rest.length : before },
    });
  },

  /** Takes back the latest change of whoever asks, as `board-undo.ts` says. */
  undo(_, board, context) {
    const last = context.user && lastOf(board, context.user.id);
    if (!last) return board;
    return { ...last.board, news: `${nameIn(context)} took back: ${last.step.what}` };
  },

  // What a page shows to one person. There is no "and" in a page's expressions: what needs one is worked out here.
  view: ({ steps, ...board }, { user }) => ({
    ...board,
    lists: board.lists.map((each) => ({ ...each, last: each.cards.at(-1)?.id ?? "" })),
    first: board.lists[0]?.id ?? "",
    last: board.lists.at(-1)?.id ?? "",
    undo: user ? lastOf({ ...board, steps }, user.id)?.step.what ?? "" : "",
    me: { mark: user?.mark ?? "", name: user?.name ?? "" },
  }),
  viewKey: (_, { user }) => user ? `${user.id} ${user.name}` : "",
});

/**
 * The events of a board. Each returns the next state, and none loads or saves anything. A page can send any payload, so
 * each looks at what it gets.
 */
export const boardHandler: Handler = events;

function list(id: string, name: string, texts: readonly string[]): List {
  const cards = texts.map((text, index) => ({ id: `${id}-${index}`, text, done: id === "done" }));
  return { id, name, cards };
}

/** Returns what is filled in, on one line; refuses what is empty or too long, at its field. */
function writtenIn(payload: unknown, field: string, wanted: string): string {
  const text = (textOf(payload, field) ?? "").replaceAll(/\s+/g, " ");
  const wrong = text === ""
    ? wanted
    : text.length > most.characters
    ? `Write at most ${most.characters} characters; these are ${text.length}`
    : undefined;
  if (wrong) throw new NascError("no-text", wrong, { fields: { [field]: wrong } });
  return text;
}

/** Returns the card or list that a payload names, and where it is. */
function known(board: Board, payload: unknown): NonNullable<ReturnType<typeof find>> {
  const found = find(board, textOf(payload, "id") ?? "");
  if (!found) throw gone("card or list");
  return found;
}

function gone(what: string): NascError {
  return new NascError("gone", `This ${what} is there no longer: somebody has removed it`);
}

function added(
  board: Board,
  item: Item,
  { context, into }: { readonly context: Context; readonly into: string },
): Board {
  const [field, limit] = "cards" in item
    ? ["name", most.lists] as const
    : ["text", most.cards] as const;
  const items = itemsIn(board, into) ?? [];
  if (items.length >= limit) {
    const full = field === "name"
      ? `A board has at most ${limit} lists`
      : `A list has at most ${limit} cards`;
    throw new NascError("full", full, { fields: { [field]: full } });
  }
  // The page chooses the event's id, so it may be one that a card or a list has already.
  if (item.id === "" || find(board, item.id)) {
    throw new NascError("same-id", "There is a card or a list with this id already");
  }
  const step = { did: "add", id: item.id, item } as const;
  const next = put(board, item, { in: into, at: items.length });
  return told(next, `added “${nameOf(item)}”`, { context, step });
}

function set(
  board: Board,
  item: Item,
  { before, after, context }: {
    readonly before: Partial<Card & List>;
    readonly after: Partial<Card & List>;
    readonly context: Context;
  },
): Board {
  const [name] = Object.keys(after) as [keyof typeof after];
  if (after[name] === before[name]) return board;
  const step = { did: "set", id: item.id, before, after } as const;
  const what = name === "done"
    ? `marked “${nameOf(item)}” as ${after.done ? "done" : "not done"}`
    : `renamed “${nameOf(item)}” to “${after[name]}”`;
  return told(changed(board, item.id, after), what, { context, step });
}

/** Moves a card within its list or to a list beside it, or a list among the lists; not beyond their ends. */
function moveBy(
  board: Board,
  payload: unknown,
  { context, rows = 0, lists = 0 }: {
    readonly context: Context;
    readonly rows?: number;
    readonly lists?: number;
  },
): Board {
  const { item, ...from } = known(board, payload);
  if ("cards" in item) return moveTo(board, item, { context, to: { in: "", at: from.at + lists } });
  const beside = board.lists[board.lists.findIndex(({ id }) => id === from.in) + lists];
  if (!beside) return board;
  const at = lists === 0 ? from.at + rows : Math.min(from.at, beside.cards.length);
  return moveTo(board, item, { context, to: { in: beside.id, at } });
}

function moveTo(
  board: Board,
  item: Item,
  { context, to }: { readonly context: Context; readonly to: { in: string; at: number } },
): Board {
  const from = find(board, item.id)!;
  const isElsewhere = from.in !== to.in;
  const last = itemsIn(board, to.in)!.length - (isElsewhere ? 0 : 1);
  if (to.at < 0 || to.at > last || (!isElsewhere && to.at === from.at)) return board;
  if (isElsewhere && last >= most.cards) {
    throw new NascError("full", `A list has at most ${most.cards} cards`);
  }
  const step = { did: "move", id: item.id, from: { in: from.in, at: from.at }, to } as const;
  const target = find(board, to.in)?.item;
  const where = isElsewhere && target ? `to “${nameOf(target)}”` : `to place ${to.at + 1}`;
  return told(moved(board, item.id, to), `moved “${nameOf(item)}” ${where}`, { context, step });
}

/** Adds to a board what was done, in words, and how its author can take it back. */
function told(
  board: Board,
  what: string,
  { context, step }: { readonly context: Context; readonly step: Omit<Step, "by" | "what"> },
): Board {
  const next = { ...board, news: `${nameIn(context)} ${what}` };
  const by = context.user?.id;
  return by === undefined ? next : withStep(next, { ...step, by, what } as Step);
}

function nameOf(item: Item): string {
  return "cards" in item ? item.name : item.text;
}

function nameIn({ user }: Context): string {
  return user?.name ?? "Somebody";
}
