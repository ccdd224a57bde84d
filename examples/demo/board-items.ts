/** A card. */
export interface Card {
  readonly id: string;
  readonly text: string;
  readonly done: boolean;
}

/** A list of cards. */
export interface List {
  readonly id: string;
  readonly name: string;
  readonly cards: readonly Card[];
}

/** What has a place on a board. */
export type Item = Card | List;

/** Where something is: the id of a list, or `""` for the board itself, and an index in it. */
export interface Place {
  readonly in: string;
  readonly at: number;
}

/** What has lists. */
interface Lists {
  readonly lists: readonly List[];
}

/** Returns the cards of a list, or the lists of the board (`""`); `undefined` if there is no such list. */
export function itemsIn({ lists }: Lists, id: string): readonly Item[] | undefined {
  return id === "" ? lists : lists.find((list) => list.id === id)?.cards;
}

/** Returns a card or a list, and where it is. */
export function find(board: Lists, id: string): Place & { readonly item: Item } | undefined {
  for (const place of ["", ...board.lists.map((list) => list.id)]) {
    const items = itemsIn(board, place)!;
    const at = items.findIndex((item) => item.id === id);
    if (at >= 0) return { in: place, at, item: items[at]! };
  }
  return undefined;
}

/** Returns a board with something more in it, at the end if the place is beyond it. */
export function put<B extends Lists>(board: B, item: Item, to: Place): B {
  return withItems(board, to.in, itemsIn(board, to.in)!.toSpliced(to.at, 0, item));
}

/** Returns a board without a card or a list. */
export function take<B extends Lists>(board: B, id: string): B {
  const found = find(board, id);
  return found
    ? withItems(board, found.in, itemsIn(board, found.in)!.toSpliced(found.at, 1))
    : board;
}

/** Returns a board with a card or a list in another place. */
export function moved<B extends Lists>(board: B, id: string, to: Place): B {
  return put(take(board, id), find(board, id)!.item, to);
}

/** Returns a board with other values in a card or a list. */
export function changed<B extends Lists>(board: B, id: string, values: Partial<Card & List>): B {
  const found = find(board, id);
  if (!found) return board;
  const item = { ...found.item, ...values };
  return withItems(board, found.in, itemsIn(board, found.in)!.with(found.at, item));
}

function withItems<B extends Lists>(board: B, id: string, items: readonly Item[]): B {
  const lists = id === ""
    ? items as readonly List[]
    : board.lists.map((list) =>
      list.id === id ? { ...list, cards: items as readonly Card[] } : list
    );
  return { ...board, lists };
}
